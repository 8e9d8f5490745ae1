<?php

namespace WracajModule;

/**
 * One POST to Wracaj: it follows no redirect, and checks the certificate.
 */
class Http
{
    private const CONNECT_SECONDS = 3;
    private const SECONDS = 8;
    private const LONGEST_ANSWER = 65536;

    public function post(string $url, string $body, array $headers): Answer
    {
        $retryAfter = 0;
        $call = curl_init($url);
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => self::CONNECT_SECONDS,
            CURLOPT_TIMEOUT => self::SECONDS,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTPS | CURLPROTO_HTTP,
            CURLOPT_USERAGENT => 'wracaj-prestashop',
            CURLOPT_HEADERFUNCTION => function ($call, string $line) use (&$retryAfter): int {
                if (preg_match('/^retry-after:\s*(\d{1,6})\s*$/i', $line, $found)) {
                    $retryAfter = (int) $found[1];
                }

                return strlen($line);
            },
        ]);
        $answer = curl_exec($call);
        if ($answer === false) {
            return new Answer(0, 'no answer: ' . curl_error($call));
        }
        $status = (int) curl_getinfo($call, CURLINFO_RESPONSE_CODE);

        return new Answer(
            $status,
            Answer::explained($status, substr((string) $answer, 0, self::LONGEST_ANSWER)),
            $retryAfter
        );
    }
}

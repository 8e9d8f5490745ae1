<?php

namespace WracajModule;

/**
 * Whose a row is: a hash of the e-mail address, to find the rows of an erased shopper.
 */
final class Who
{
    public static function of(?string $email): string
    {
        $address = mb_strtolower(trim((string) $email), 'UTF-8');

        return $address === '' ? '' : substr(hash('sha256', $address), 0, 40);
    }
}

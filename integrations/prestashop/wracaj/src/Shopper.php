<?php

namespace WracajModule;

/**
 * The shopper, as Wracaj reads one.
 */
final class Shopper
{
    /**
     * An id means "logged in as this customer", so that a guest has none: PrestaShop stores each
     * guest order's shopper as a customer of its own.
     */
    public static function of(\Customer $customer, int $idLang, int $idAddress = 0): array
    {
        return [
            'id' => $customer->is_guest ? null : (string) (int) $customer->id,
            'email' => (string) $customer->email ?: null,
            'phone' => self::phone($idAddress),
            'first_name' => (string) $customer->firstname ?: null,
            'locale' => self::locale($idLang),
        ];
    }

    private static function phone(int $idAddress): ?string
    {
        if ($idAddress === 0) {
            return null;
        }
        $address = new \Address($idAddress);
        foreach ([$address->phone_mobile, $address->phone] as $phone) {
            if (trim((string) $phone) !== '') {
                return trim($phone);
            }
        }

        return null;
    }

    private static function locale(int $idLang): ?string
    {
        $language = new \Language($idLang);

        return (string) ($language->locale ?: $language->language_code) ?: null;
    }
}

<?php

namespace WracajModule;

/**
 * What a customer said about mails, and since when. PrestaShop keeps only whether the newsletter is
 * wanted, and does not always renew the date when somebody subscribes again.
 */
final class Consents
{
    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    /**
     * Notes what the customer's record says now. Returns the row as it was before, or null.
     */
    public function see(\Customer $customer): ?array
    {
        $id = (int) $customer->id;
        $known = $this->known($id);
        $wants = (int) (bool) $customer->newsletter;
        $since = Moments::fromShop((string) $customer->newsletter_date_add) ?? '';
        if ($known === null) {
            $this->store->add(Tables::SHOPPER, [
                'id_customer' => $id,
                'is_guest' => (int) (bool) $customer->is_guest,
                'newsletter' => $wants,
                'newsletter_at' => $wants ? $since : '',
                'box' => 0,
                'box_at' => '',
                'fingerprint' => '',
            ]);

            return null;
        }
        $changes = ['is_guest' => (int) (bool) $customer->is_guest];
        if ((int) $known['newsletter'] !== $wants) {
            $isNews = $wants && strcmp($since, $known['newsletter_at']) > 0;
            $changes += ['newsletter' => $wants, 'newsletter_at' => $isNews ? $since : Moments::now()];
        }
        $this->change($id, $changes);

        return $known;
    }

    /**
     * The customer ticked the module's own box, or took the tick away.
     */
    public function noteBox(\Customer $customer, bool $isTicked): void
    {
        $this->see($customer);
        $this->change((int) $customer->id, ['box' => (int) $isTicked, 'box_at' => Moments::now()]);
    }

    public function isBoxTicked(int $idCustomer): bool
    {
        return (bool) ($this->known($idCustomer)['box'] ?? false);
    }

    public function noteTold(int $idCustomer, string $fingerprint): void
    {
        $this->change($idCustomer, ['fingerprint' => $fingerprint]);
    }

    /**
     * The newest word, as Wracaj reads it; of two at one moment the no. Null: nothing was said, and
     * an unticked box says nothing.
     */
    public function said(int $idCustomer): ?array
    {
        $row = $this->known($idCustomer) ?? [];
        $words = [];
        foreach (['newsletter' => 'newsletter', 'box' => 'box in the form'] as $name => $source) {
            if (($row[$name . '_at'] ?? '') !== '') {
                $words[] = [
                    'state' => $row[$name] ? 'subscribed' : 'unsubscribed',
                    'updated_at' => $row[$name . '_at'],
                    'source' => $source,
                ];
            }
        }
        usort($words, function (array $one, array $other): int {
            return strcmp($one['updated_at'], $other['updated_at']) ?: strcmp($one['state'], $other['state']);
        });

        return $words ? ['email' => end($words)] : null;
    }

    public function known(int $idCustomer): ?array
    {
        return $this->store->row(Tables::SHOPPER, '`id_customer` = ' . $idCustomer);
    }

    public function forget(int $idCustomer): void
    {
        $this->store->remove(Tables::SHOPPER, '`id_customer` = ' . $idCustomer);
    }

    private function change(int $idCustomer, array $values): void
    {
        $this->store->change(Tables::SHOPPER, $values, '`id_customer` = ' . $idCustomer);
    }
}

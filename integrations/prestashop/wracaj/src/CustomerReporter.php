<?php

namespace WracajModule;

/**
 * Tells Wracaj of registered customers and of the newsletter. Guests are told of with their carts.
 */
final class CustomerReporter
{
    /** @var Consents */
    private $consents;
    /** @var Outbox */
    private $outbox;
    /** @var OrderReporter */
    private $orders;

    public function __construct(Consents $consents, Outbox $outbox, OrderReporter $orders)
    {
        $this->consents = $consents;
        $this->outbox = $outbox;
        $this->orders = $orders;
    }

    public function tell(\Customer $customer): void
    {
        $id = (int) $customer->id;
        $before = $this->consents->see($customer);
        if ($customer->is_guest) {
            return;
        }
        $shop = (int) $customer->id_shop;
        $data = [
            'customer' => Shopper::of($customer, (int) $customer->id_lang) + self::birthday($customer, $shop),
            'consent' => $this->consents->said($id),
        ];
        $fingerprint = sha1((string) json_encode($data));
        if ($fingerprint === ($before['fingerprint'] ?? '')) {
            return;
        }
        $type = $before === null ? 'customer.created' : 'customer.updated';
        $this->outbox->put($shop, 'customer:' . $id, $type, $data, Who::of($customer->email));
        $this->consents->noteTold($id, $fingerprint);
        if ($before !== null && (int) $before['is_guest'] === 1) {
            $this->orders->tellAgain($id);
        }
    }

    /**
     * The newsletter's own form, of the module ps_emailsubscription. What is typed there counts for
     * the address; for a customer's account only where that customer is logged in, since anybody
     * can type an address.
     */
    public function tellSubscribed(string $email, int $shop, ?\Customer $loggedIn): void
    {
        $isOwn = $loggedIn !== null && Who::of($loggedIn->email) === Who::of($email);
        $this->tellNewsletter($email, $shop, $isOwn ? (int) $loggedIn->id : 0, [
            'state' => 'subscribed',
            'updated_at' => Moments::now(),
            'source' => 'newsletter form',
            // with this setting PrestaShop subscribes only who clicked the link in a mail to the address
            'confirmed' => (bool) \Configuration::get('NW_VERIFICATION_EMAIL'),
        ]);
    }

    /**
     * To stop, a typed address is enough, for the account of that address too.
     */
    public function tellUnsubscribed(string $email, int $shop): void
    {
        $word = ['state' => 'unsubscribed', 'updated_at' => Moments::now(), 'source' => 'newsletter form'];
        $this->tellNewsletter($email, $shop, (int) \Customer::customerExists($email, true), $word);
    }

    private function tellNewsletter(string $email, int $shop, int $idCustomer, array $word): void
    {
        $who = Who::of($email);
        $data = [
            'customer' => ['id' => $idCustomer ? (string) $idCustomer : null, 'email' => $email],
            'consent' => ['email' => $word],
        ];
        $this->outbox->put($shop, 'email:' . $who, 'consent.updated', $data, $who);
    }

    private static function birthday(\Customer $customer, int $shop): array
    {
        $day = (string) $customer->birthday;
        $isMeant = Settings::get(Settings::BIRTHDAYS, $shop) === '1';

        return $isMeant && preg_match('/^\d{4}-(?!00)\d\d-(?!00)\d\d$/', $day) ? ['birthday' => $day] : [];
    }
}

<?php

namespace WracajModule;

/**
 * Shoppers who ask for their data, or for its erasure. The module's own rows of that shopper go at
 * once; Wracaj is told what to erase.
 */
final class Erasures
{
    /** @var Carts */
    private $carts;
    /** @var Orders */
    private $orders;
    /** @var Consents */
    private $consents;
    /** @var Outbox */
    private $outbox;
    /** @var array<int, array{email: string, is_guest: bool}> customers that are deleted in this request */
    private $leaving = [];
    /** @var array<string, bool> */
    private $told = [];

    public function __construct(Carts $carts, Orders $orders, Consents $consents, Outbox $outbox)
    {
        $this->carts = $carts;
        $this->orders = $orders;
        $this->consents = $consents;
        $this->outbox = $outbox;
    }

    /**
     * PrestaShop's GDPR module deletes the customer first and then says no more than the id.
     */
    public function remember(\Customer $customer): void
    {
        $this->leaving[(int) $customer->id] = [
            'email' => (string) $customer->email,
            'is_guest' => (bool) $customer->is_guest,
        ];
    }

    /**
     * The shop deleted a customer, who gets no messages then and is not kept elsewhere. A guest who
     * is a customer a second time, by the same address, has not left.
     */
    public function eraseDeleted(\Customer $customer): void
    {
        $id = (int) $customer->id;
        $same = \Customer::getCustomersByEmail((string) $customer->email) ?: [];
        $others = array_diff(array_map('intval', array_column($same, 'id_customer')), [$id]);
        if (!$customer->is_guest || !$others) {
            $this->erase($id, (string) $customer->email, '');
        }
    }

    /**
     * The hook's parameter differs: a customer as an array, ['email' => …], ['phone' => …], an id,
     * and each of them inside a list.
     *
     * @param mixed $params
     */
    public function eraseAsked($params): void
    {
        $asked = is_array($params) && array_key_exists(0, $params) ? $params[0] : $params;
        if (is_array($asked)) {
            $id = (int) ($asked['id'] ?? $asked['id_customer'] ?? 0);
            $this->erase($id, (string) ($asked['email'] ?? ''), (string) ($asked['phone'] ?? ''));
        } elseif (is_numeric($asked)) {
            $this->erase((int) $asked, '', '');
        }
    }

    public function erase(int $id, string $email, string $phone): void
    {
        $known = $this->leaving[$id] ?? self::fromRecord($id);
        $email = $email !== '' ? $email : $known['email'];
        $who = Who::of($email);
        if (isset($this->told["$id $who"]) || ($id === 0 && $who === '' && $phone === '')) {
            return;
        }
        $this->told["$id $who"] = true;
        $orders = array_map(function (array $row): string {
            return (string) (int) $row['id_order'];
        }, $id ? $this->orders->ofCustomer($id) : []);
        $this->carts->forget($who);
        $this->outbox->removeOf($who);
        $this->consents->forget($id);
        $customer = [
            'id' => $id && !$known['is_guest'] ? (string) $id : null,
            'email' => $email ?: null,
            'phone' => $phone ?: null,
        ];
        $data = ['customer' => $customer, 'order_ids' => $orders];
        $this->tellAll('privacy.customer_redact', $data, $id ? "customer:$id" : 'email:' . $who);
    }

    /**
     * What the module keeps of a shopper, as rows to show; Wracaj is told that they asked.
     *
     * @param mixed $params the customer as an array, or ['email' => …]
     */
    public function export($params): array
    {
        $email = is_array($params) ? (string) ($params['email'] ?? '') : '';
        $id = is_array($params) ? (int) ($params['id'] ?? 0) : 0;
        if ($email === '') {
            return [];
        }
        $data = ['customer' => ['id' => $id ? (string) $id : null, 'email' => $email]];
        $this->tellAll('privacy.data_request', $data, 'email:' . Who::of($email));
        $rows = [];
        foreach ($this->carts->ofShopper(Who::of($email)) as $cart) {
            $rows[] = ['what' => 'cart', 'id' => $cart['cart_id'], 'value' => date('c', (int) $cart['told_at'])];
        }
        $said = $id ? $this->consents->said($id) : null;
        if ($said !== null) {
            $rows[] = ['what' => 'consent', 'id' => $said['email']['updated_at'], 'value' => $said['email']['state']];
        }

        return $rows;
    }

    private function tellAll(string $type, array $data, string $stream): void
    {
        foreach (Settings::connectedShops() as $shop) {
            Moments::follow(Settings::key($shop)->clock);
            $this->outbox->put($shop, $stream, $type, $data, '');
        }
    }

    private static function fromRecord(int $id): array
    {
        $customer = $id ? new \Customer($id) : null;

        return $customer !== null && \Validate::isLoadedObject($customer)
            ? ['email' => (string) $customer->email, 'is_guest' => (bool) $customer->is_guest]
            : ['email' => '', 'is_guest' => false];
    }
}

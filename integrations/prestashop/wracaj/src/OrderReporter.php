<?php

namespace WracajModule;

/**
 * Tells Wracaj of orders. An order counts from the moment when it is placed, paid or not; one whose
 * payment failed is none.
 */
final class OrderReporter
{
    private const NEW_SECONDS = 86400;

    /** @var Orders */
    private $orders;
    /** @var Carts */
    private $carts;
    /** @var Outbox */
    private $outbox;
    /** @var Consents */
    private $consents;

    public function __construct(Orders $orders, Carts $carts, Outbox $outbox, Consents $consents)
    {
        $this->orders = $orders;
        $this->carts = $carts;
        $this->outbox = $outbox;
        $this->consents = $consents;
    }

    /**
     * The state is the one that the payment module asked for. PrestaShop itself may set "payment
     * error" instead, when another amount than the cart's was paid; that shopper did pay, and must
     * not be reminded.
     */
    public function tellPlaced(\Order $order, \OrderState $asked): void
    {
        if ((int) $asked->id === self::errorState()) {
            $this->orders->note($order, Orders::FAILED, '');

            return;
        }
        if ($this->orders->known((int) $order->id) === null) {
            $this->tell($order, 'order.created', Orders::CREATED);
        }
    }

    public function tellState(\Order $order, \OrderState $state): void
    {
        $told = $this->orders->known((int) $order->id)['told'] ?? null;
        $isError = (int) $state->id === self::errorState();
        $isCancelled = in_array((int) $state->id, Settings::cancelledStates((int) $order->id_shop), true);
        if ($isError && ($told === Orders::FAILED || $told === null || (float) $order->total_paid_real > 0)) {
            return;
        }
        if ($isError || $isCancelled) {
            if ($told !== Orders::CANCELLED && $told !== Orders::FAILED) {
                $this->tell($order, 'order.cancelled', Orders::CANCELLED);
            }
        } elseif ($state->paid) {
            if ($told !== Orders::PAID) {
                $this->tell($order, 'order.paid', Orders::PAID);
            }
        } elseif ($told === Orders::FAILED) {
            $this->tell($order, 'order.created', Orders::CREATED);
        }
    }

    /**
     * The order was changed, such as in the back office. Not after a credit slip: what was refunded
     * must not be taken off twice. A new order that no hook told of, as importers make them, is told
     * of now.
     */
    public function tellChanged(\Order $order): void
    {
        $known = $this->orders->known((int) $order->id);
        if ($known === null && strtotime((string) $order->date_add) > time() - self::NEW_SECONDS) {
            $this->tellPlaced($order, new \OrderState((int) $order->current_state));

            return;
        }
        $counts = in_array($known['told'] ?? '', [Orders::CREATED, Orders::PAID], true);
        if ($counts && !$known['has_slip'] && $known['total'] !== self::total($order)) {
            $this->tell($order, 'order.updated', $known['told']);
        }
    }

    /**
     * Orders of a guest who became a customer count for that customer once they are told again.
     */
    public function tellAgain(int $idCustomer): void
    {
        foreach ($this->orders->ofCustomer($idCustomer) as $known) {
            if (in_array($known['told'], [Orders::CREATED, Orders::PAID], true)) {
                $this->tell(new \Order((int) $known['id_order']), 'order.updated', $known['told']);
            }
        }
    }

    public function tellSlip(\OrderSlip $slip): void
    {
        $order = new \Order((int) $slip->id_order);
        if (!\Validate::isLoadedObject($order)) {
            return;
        }
        $currency = new \Currency((int) $order->id_currency);
        $data = [
            'order_id' => (string) (int) $order->id,
            'refund_id' => (string) (int) $slip->id,
            'amount' => Money::text(self::refunded($slip), $currency),
            'currency' => $currency->iso_code,
        ];
        $customer = new \Customer((int) $order->id_customer);
        $this->put($order, 'refund.created', $data, Who::of($customer->email));
        $this->orders->noteSlip((int) $order->id);
    }

    /**
     * Of a slip whose amount the employee chose, that amount; else the products, tax included.
     */
    private static function refunded(\OrderSlip $slip): float
    {
        $products = (float) $slip->total_products_tax_incl;
        $amount = (float) $slip->amount;
        $isChosen = $amount > 0
            && abs($amount - $products) > 0.005
            && abs($amount - (float) $slip->total_products_tax_excl) > 0.005;

        return ($isChosen ? $amount : $products) + (float) $slip->total_shipping_tax_incl;
    }

    private function tell(\Order $order, string $type, string $told): void
    {
        $customer = new \Customer((int) $order->id_customer);
        $this->consents->see($customer);
        $this->put($order, $type, $this->data($order, $customer), Who::of($customer->email));
        $this->orders->note($order, $told, self::total($order));
    }

    /**
     * In the stream of the order's cart: what happened to the cart is told before its order.
     */
    private function put(\Order $order, string $type, array $data, string $who): void
    {
        $cart = $this->carts->of((int) $order->id_cart, (int) $order->id_shop);
        $this->outbox->put((int) $order->id_shop, 'cart:' . $cart['cart_id'], $type, $data, $who);
    }

    private function data(\Order $order, \Customer $customer): array
    {
        $cart = $this->carts->of((int) $order->id_cart, (int) $order->id_shop);
        $currency = new \Currency((int) $order->id_currency);
        $tax = (float) $order->total_paid_tax_incl - (float) $order->total_paid_tax_excl;

        return [
            'order_id' => (string) (int) $order->id,
            'cart_id' => $cart['cart_id'],
            // the cart that this one was copied from by a link in a message ends with it
            'checkout_id' => $cart['copied_from'] ?: null,
            'customer' => Shopper::of($customer, (int) $order->id_lang, (int) $order->id_address_delivery),
            'consent' => $this->consents->said((int) $customer->id),
            'currency' => $currency->iso_code,
            'total' => self::total($order),
            'tax' => Money::text($tax, $currency),
            'shipping' => Money::text($order->total_shipping_tax_incl, $currency),
            'discount' => Money::text($order->total_discounts_tax_incl, $currency),
            'shipping_discount' => self::isShippingFree($order)
                ? Money::text($order->total_shipping_tax_incl, $currency)
                : null,
            'discount_codes' => self::codes($order),
            'items' => self::items($order, $currency),
            'created_at' => Moments::fromShop((string) $order->date_add),
        ];
    }

    private static function total(\Order $order): string
    {
        return Money::text($order->total_paid_tax_incl, new \Currency((int) $order->id_currency));
    }

    private static function codes(\Order $order): array
    {
        $codes = [];
        foreach ($order->getCartRules() ?: [] as $used) {
            $rule = new \CartRule((int) $used['id_cart_rule']);
            if ((string) $rule->code !== '') {
                $codes[] = (string) $rule->code;
            }
        }

        return $codes;
    }

    /**
     * PrestaShop keeps the shipping whole, and counts what a code takes off it among the discounts.
     */
    private static function isShippingFree(\Order $order): bool
    {
        return (bool) array_filter(array_column($order->getCartRules() ?: [], 'free_shipping'));
    }

    private static function items(\Order $order, \Currency $currency): array
    {
        return array_map(function (array $line) use ($currency): array {
            $variant = (int) $line['product_attribute_id'];

            return [
                'product_id' => (string) (int) $line['product_id'],
                'variant_id' => $variant ? (string) $variant : null,
                'title' => $line['product_name'],
                'quantity' => (int) $line['product_quantity'],
                'unit_price' => Money::text($line['unit_price_tax_incl'], $currency),
                'unit_cost' => self::cost($line, $currency),
            ];
        }, array_values($order->getOrderDetailList() ?: []));
    }

    /**
     * What one cost the shop, without tax. PrestaShop keeps it in the shop's main currency, and 0
     * means that nobody wrote it down.
     */
    private static function cost(array $line, \Currency $currency): ?string
    {
        $cost = (float) ($line['original_wholesale_price'] ?? 0);
        $isMain = (int) $currency->id === (int) \Configuration::get('PS_CURRENCY_DEFAULT');

        return $cost > 0 && $isMain ? Money::text($cost, $currency) : null;
    }

    private static function errorState(): int
    {
        return (int) \Configuration::get('PS_OS_ERROR');
    }
}

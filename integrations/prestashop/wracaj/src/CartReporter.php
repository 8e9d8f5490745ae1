<?php

namespace WracajModule;

/**
 * Tells Wracaj of carts. Empty carts, which bots make by the thousand, are not told of, unless
 * something was in them before.
 */
final class CartReporter
{
    /** An unchanged cart is told of again after this time, since its shopper is still there. */
    private const QUIET_SECONDS = 600;

    /** @var Carts */
    private $carts;
    /** @var Orders */
    private $orders;
    /** @var Outbox */
    private $outbox;
    /** @var Consents */
    private $consents;
    /** @var \Context */
    private $context;

    public function __construct(
        Carts $carts,
        Orders $orders,
        Outbox $outbox,
        Consents $consents,
        \Context $context
    ) {
        $this->carts = $carts;
        $this->orders = $orders;
        $this->outbox = $outbox;
        $this->consents = $consents;
        $this->context = $context;
    }

    public function tell(\Cart $cart): void
    {
        $shop = (int) $cart->id_shop;
        $items = $this->inItsOwnContext($cart, function () use ($cart): array {
            return $this->items($cart);
        });
        $known = $this->carts->find((int) $cart->id);
        if ((!$items && (int) ($known['told_at'] ?? 0) === 0) || $this->orders->isOrdered((int) $cart->id)) {
            return;
        }
        $row = $known ?? $this->carts->of((int) $cart->id, $shop);
        $data = $this->data($cart, $row, $items);
        $fingerprint = sha1((string) json_encode($data));
        $isRecent = (int) $row['told_at'] > time() - self::QUIET_SECONDS;
        if ($fingerprint === $row['fingerprint'] && $isRecent) {
            return;
        }
        $who = Who::of($data['customer']['email'] ?? null);
        $this->outbox->put($shop, 'cart:' . $row['cart_id'], 'cart.updated', $data, $who);
        $this->carts->noteTold((int) $cart->id, $fingerprint, $who);
    }

    public function tellDeleted(\Cart $cart): void
    {
        $row = $this->carts->find((int) $cart->id);
        if ($row !== null && (int) $row['told_at'] > 0) {
            $data = ['cart_id' => $row['cart_id']];
            $this->outbox->put((int) $row['id_shop'], 'cart:' . $row['cart_id'], 'cart.deleted', $data, $row['who']);
        }
    }

    private function data(\Cart $cart, array $row, array $items): array
    {
        $currency = new \Currency((int) $cart->id_currency);
        $total = $this->inItsOwnContext($cart, function () use ($cart): float {
            return (float) $cart->getOrderTotal(true, \Cart::BOTH_WITHOUT_SHIPPING);
        });
        $customer = (int) $cart->id_customer ? new \Customer((int) $cart->id_customer) : null;
        $isKnown = $customer !== null && \Validate::isLoadedObject($customer);
        $link = ['token' => $row['token']];
        if ($isKnown) {
            $this->consents->see($customer);
        }

        return [
            'cart_id' => $row['cart_id'],
            'customer' => $isKnown
                ? Shopper::of($customer, (int) $cart->id_lang, (int) $cart->id_address_delivery)
                : null,
            'consent' => $isKnown ? $this->consents->said((int) $customer->id) : null,
            'currency' => $currency->iso_code,
            'total' => Money::text($items ? $total : 0, $currency),
            'recovery_url' => $this->link()->getModuleLink(
                'wracaj',
                'restore',
                $link,
                true,
                (int) $cart->id_lang,
                (int) $cart->id_shop
            ),
            'items' => $items,
            'created_at' => Moments::fromShop((string) $cart->date_add),
        ];
    }

    private function items(\Cart $cart): array
    {
        $currency = new \Currency((int) $cart->id_currency);
        $items = [];
        foreach (CartLines::of($cart) as $line) {
            $variant = (int) $line['id_product_attribute'];
            $attributes = trim((string) ($line['attributes_small'] ?? ''));
            $items[] = [
                'product_id' => (string) (int) $line['id_product'],
                'variant_id' => $variant ? (string) $variant : null,
                'title' => $line['name'] . ($attributes === '' ? '' : ', ' . $attributes),
                'quantity' => $line['wanted'],
                'unit_price' => Money::text($line['price_wt'] ?? 0, $currency),
                'image_url' => $this->image($line),
                'url' => $this->link()->getProductLink(
                    (int) $line['id_product'],
                    $line['link_rewrite'] ?? null,
                    $line['category'] ?? null,
                    null,
                    (int) $cart->id_lang,
                    (int) $cart->id_shop,
                    $variant
                ),
            ];
        }

        return $items;
    }

    private function image(array $line): ?string
    {
        $id = (string) ($line['id_image'] ?? '');
        if ($id === '' || strpos($id, 'default') !== false) {
            return null;
        }
        $url = (string) $this->link()->getImageLink(
            (string) ($line['link_rewrite'] ?? ''),
            $id,
            \ImageType::getFormattedName('home')
        );

        return strpos($url, 'https://') === 0 ? $url : null;
    }

    /**
     * Calls of the webservice have no link of their own.
     */
    private function link(): \Link
    {
        return $this->context->link ?? new \Link('https://', 'https://');
    }

    /**
     * PrestaShop works prices out in the currency and for the cart of the context, which in a
     * payment's callback may be another's.
     *
     * @return mixed what $run returns
     */
    private function inItsOwnContext(\Cart $cart, callable $run)
    {
        $kept = [$this->context->cart, $this->context->currency];
        $this->context->cart = $cart;
        $this->context->currency = new \Currency((int) $cart->id_currency);
        try {
            return $run();
        } finally {
            list($this->context->cart, $this->context->currency) = $kept;
        }
    }
}

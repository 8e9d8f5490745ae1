<?php

namespace WracajModule;

/**
 * What Wracaj asks a code to give. Read from a signed request, and refused where PrestaShop could
 * not keep the promise exactly.
 */
final class CodeRequest
{
    /** @var string */
    public $code;
    /** @var string */
    public $cartId;
    /** @var int 0: another kind */
    public $percent = 0;
    /** @var string '': another kind */
    public $amount = '';
    /** @var int 0: another kind */
    public $giftProduct = 0;
    /** @var bool */
    public $freeShipping = false;
    /** @var string '': any cart */
    public $minimumTotal = '';
    /** @var string '': none is named */
    public $currency = '';
    /** @var string as PrestaShop keeps times */
    public $from;
    /** @var string */
    public $to;

    /**
     * @throws \InvalidArgumentException whose message says what is wrong
     */
    public static function read(string $body): self
    {
        $told = json_decode($body, true);
        $data = $told['data'] ?? null;
        if (!is_array($told) || ($told['type'] ?? '') !== 'discount.requested' || !is_array($data)) {
            throw new \InvalidArgumentException('type: must be discount.requested, with data');
        }
        $request = new self();
        $request->code = self::matching($data, 'code', '/^[A-Za-z0-9_-]{4,64}$/');
        $request->cartId = is_string($data['cart_id'] ?? null) ? $data['cart_id'] : '';
        $request->currency = isset($data['currency']) ? self::matching($data, 'currency', '/^[A-Z]{3}$/') : '';
        $request->minimumTotal = isset($data['minimum_total']) ? self::amountIn($data, 'minimum_total') : '';
        $request->from = self::moment($data, 'starts_at', [Moments::class, 'beginningInShop']);
        $request->to = self::moment($data, 'expires_at', [Moments::class, 'toShop']);
        if (($data['usage_limit'] ?? 1) !== 1) {
            throw new \InvalidArgumentException('usage_limit: must be 1');
        }
        $request->readKind($data);

        return $request;
    }

    private function readKind(array $data): void
    {
        $kind = $data['kind'] ?? '';
        if ($kind === 'percent') {
            $this->percent = is_int($data['percent'] ?? null) ? $data['percent'] : 0;
            if ($this->percent < 1 || $this->percent > 100) {
                throw new \InvalidArgumentException('percent: must be a whole number from 1 to 100');
            }
        } elseif ($kind === 'amount') {
            $this->amount = self::amountIn($data, 'amount');
            if ($this->currency === '') {
                throw new \InvalidArgumentException('currency: an amount needs one, such as PLN');
            }
        } elseif ($kind === 'gift') {
            $this->giftProduct = (int) self::matching($data, 'product_id', '/^[1-9]\d{0,9}$/');
        } elseif ($kind === 'free_shipping') {
            $this->freeShipping = true;
        } else {
            throw new \InvalidArgumentException('kind: must be percent, amount, gift or free_shipping');
        }
    }

    private static function matching(array $data, string $name, string $pattern): string
    {
        $value = $data[$name] ?? null;
        if (!is_string($value) || !preg_match($pattern . 'D', $value)) {
            throw new \InvalidArgumentException($name . ': has another form than the format says');
        }

        return $value;
    }

    private static function amountIn(array $data, string $name): string
    {
        $amount = self::matching($data, $name, '/^\d{1,11}(\.\d{1,6})?$/');
        if ((float) $amount <= 0) {
            throw new \InvalidArgumentException($name . ': must be above zero');
        }

        return $amount;
    }

    private static function moment(array $data, string $name, callable $inShop): string
    {
        try {
            return $inShop(is_string($data[$name] ?? null) ? $data[$name] : '');
        } catch (\Exception $error) {
            throw new \InvalidArgumentException($name . ': must be a time with an offset');
        }
    }
}

<?php

namespace WracajModule;

/**
 * Puts a copy of a cart into the visitor's own cart: products, variants and quantities that can be
 * bought now, at today's prices. It logs nobody in and shows nobody's data, so a forwarded link does
 * no harm.
 */
final class Restorer
{
    public const UNKNOWN = 'unknown';
    public const ORDERED = 'ordered';
    public const WHOLE = 'whole';
    public const PARTLY = 'partly';
    public const NOTHING = 'nothing';

    /** @var Carts */
    private $carts;
    /** @var Orders */
    private $orders;
    /** @var Codes */
    private $codes;
    /** @var \Context */
    private $context;
    /** @var string the code that lies in the cart now, or '' */
    public $code = '';
    /** @var string why PrestaShop does not take the code, in the visitor's language, or '' */
    public $codeProblem = '';

    public function __construct(Carts $carts, Orders $orders, Codes $codes, \Context $context)
    {
        $this->carts = $carts;
        $this->orders = $orders;
        $this->codes = $codes;
        $this->context = $context;
    }

    public function restore(string $token): string
    {
        $shop = (int) $this->context->shop->id;
        $row = $this->carts->byToken($token, $shop);
        $source = $row ? new \Cart((int) $row['id_cart']) : null;
        if ($source === null || !\Validate::isLoadedObject($source)) {
            return self::UNKNOWN;
        }
        if ($this->isOrdered($row)) {
            return self::ORDERED;
        }
        $outcome = (int) $this->context->cart->id === (int) $source->id ? self::WHOLE : $this->copy($source, $row);
        if ($outcome !== self::NOTHING && $row['code'] !== '') {
            $this->applyCode($row['code']);
        }

        return $outcome;
    }

    private function isOrdered(array $row): bool
    {
        foreach (array_merge([$row], $this->carts->ownCopies($row)) as $cart) {
            if ($this->orders->isOrdered((int) $cart['id_cart'])) {
                return true;
            }
        }

        return false;
    }

    private function copy(\Cart $source, array $row): string
    {
        $wanted = self::quantities($source, $left);
        $own = $this->context->cart->id ? self::quantities($this->context->cart, $ignored) : [];
        $isWhole = $left === 0;
        foreach ($wanted as $line => $quantity) {
            $missing = $quantity - ($own[$line] ?? 0);
            $added = $missing > 0 ? $this->add($line, $missing, $own[$line] ?? 0) : 0;
            $isWhole = $isWhole && ($missing <= 0 || $added === $missing);
            $own[$line] = ($own[$line] ?? 0) + $added;
        }
        if (!array_filter(array_intersect_key($own, $wanted))) {
            return self::NOTHING;
        }
        $copy = $this->carts->of((int) $this->context->cart->id, (int) $this->context->shop->id);
        $this->carts->noteCopy((int) $copy['id_cart'], $row['cart_id']);

        return $isWhole ? self::WHOLE : self::PARTLY;
    }

    /**
     * "product-variant" → quantity. What a shopper had printed or engraved is theirs alone and is
     * not copied; $left counts those lines.
     */
    private static function quantities(\Cart $cart, ?int &$left): array
    {
        $left = 0;
        $quantities = [];
        foreach (CartLines::of($cart) as $line) {
            if ((int) ($line['id_customization'] ?? 0) > 0) {
                ++$left;
                continue;
            }
            $name = CartLines::name($line['id_product'], $line['id_product_attribute']);
            $quantities[$name] = ($quantities[$name] ?? 0) + $line['wanted'];
        }

        return $quantities;
    }

    /**
     * @return int how many pieces were added
     */
    private function add(string $line, int $missing, int $own): int
    {
        list($product, $variant) = array_map('intval', explode('-', $line));
        $pieces = min($missing, $this->available($product, $variant) - $own);
        if ($pieces <= 0) {
            return 0;
        }
        $this->beginCart();
        // true, false, or -1 where fewer than the product's smallest quantity are left
        $isAdded = $this->context->cart->updateQty($pieces, $product, $variant, false, 'up') === true;

        return $isAdded ? $pieces : 0;
    }

    private function available(int $idProduct, int $variant): int
    {
        $shop = (int) $this->context->shop->id;
        $product = new \Product($idProduct, false, (int) $this->context->language->id, $shop);
        $isOnSale = \Validate::isLoadedObject($product) && $product->active && $product->available_for_order
            && $product->checkAccess((int) $this->context->customer->id);
        if (!$isOnSale || !self::isVariantOf($idProduct, $variant)) {
            return 0;
        }
        if (\Product::isAvailableWhenOutOfStock(\StockAvailable::outOfStock($idProduct, $shop))) {
            return PHP_INT_MAX;
        }

        return (int) \StockAvailable::getQuantityAvailableByProduct($idProduct, $variant, $shop);
    }

    private static function isVariantOf(int $idProduct, int $variant): bool
    {
        if ($variant === 0) {
            return (int) \Product::getDefaultAttribute($idProduct) === 0;
        }

        return (int) (new \Combination($variant))->id_product === $idProduct;
    }

    private function beginCart(): void
    {
        if (!$this->context->cart->id) {
            $this->context->cart->add();
            $this->context->cookie->id_cart = (int) $this->context->cart->id;
            $this->context->cookie->write();
        }
    }

    private function applyCode(string $code): void
    {
        $rule = new \CartRule($this->codes->idOf($code), (int) $this->context->language->id);
        if (!\Validate::isLoadedObject($rule)) {
            return;
        }
        foreach ($this->context->cart->getCartRules() as $used) {
            if ((int) $used['id_cart_rule'] === (int) $rule->id) {
                $this->code = $code;

                return;
            }
        }
        $problem = $rule->checkValidity($this->context, false, true);
        if ($problem) {
            $this->codeProblem = (string) $problem;
        } elseif ($this->context->cart->addCartRule((int) $rule->id)) {
            $this->code = $code;
        }
    }
}

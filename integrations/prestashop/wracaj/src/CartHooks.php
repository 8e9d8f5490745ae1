<?php

namespace WracajModule;

/**
 * The hooks of carts. They only note which cart changed.
 */
trait CartHooks
{
    /**
     * The first versions of 1.7 hand over no cart, and PrestaShop then gives the one of the context.
     */
    public function hookActionCartSave($params)
    {
        $this->noteCart($params['cart'] ?? $this->context->cart);
    }

    public function hookActionObjectCartAddAfter($params)
    {
        $this->pending()->newCart($params['object']);
        $this->noteCart($params['object']);
    }

    public function hookActionObjectCartUpdateAfter($params)
    {
        $this->noteCart($params['object']);
    }

    public function hookActionObjectCartDeleteAfter($params)
    {
        $cart = $params['object'];
        $this->whereConnected((int) $cart->id_shop, function () use ($cart): void {
            $this->app()->cartReporter->tellDeleted($cart);
        });
    }

    private function noteCart(?\Cart $cart): void
    {
        // a cart that an employee fills in the back office waits for no shopper
        if (\Validate::isLoadedObject($cart) && !defined('_PS_ADMIN_DIR_')) {
            $this->whereConnected((int) $cart->id_shop, function () use ($cart): void {
                $this->pending()->cart($cart);
            });
        }
    }
}

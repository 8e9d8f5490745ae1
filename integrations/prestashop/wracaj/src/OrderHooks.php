<?php

namespace WracajModule;

/**
 * The hooks of orders, their states and credit slips.
 */
trait OrderHooks
{
    public function hookActionValidateOrder($params)
    {
        $order = $params['order'];
        $this->whereConnected((int) $order->id_shop, function () use ($params, $order): void {
            $this->app()->orderReporter->tellPlaced($order, $params['orderStatus']);
        });
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $this->tellState((int) $params['id_order'], $params['newOrderStatus']);
    }

    public function hookActionOrderHistoryAddAfter($params)
    {
        $history = $params['order_history'];
        $this->tellState((int) $history->id_order, new \OrderState((int) $history->id_order_state));
    }

    public function hookActionObjectOrderUpdateAfter($params)
    {
        $order = $params['object'];
        $this->whereConnected((int) $order->id_shop, function () use ($order): void {
            $this->pending()->order($order);
        });
    }

    public function hookActionObjectOrderSlipAddAfter($params)
    {
        $slip = $params['object'];
        $order = new \Order((int) $slip->id_order);
        $this->whereConnected((int) $order->id_shop, function () use ($slip): void {
            $this->pending()->slip($slip);
        });
    }

    private function tellState(int $idOrder, \OrderState $state): void
    {
        $order = new \Order($idOrder);
        if (\Validate::isLoadedObject($order)) {
            $this->whereConnected((int) $order->id_shop, function () use ($order, $state): void {
                $this->app()->orderReporter->tellState($order, $state);
            });
        }
    }
}

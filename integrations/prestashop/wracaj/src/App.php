<?php

namespace WracajModule;

/**
 * Puts the parts together.
 */
final class App
{
    /** @var Store */
    public $store;
    /** @var States */
    public $states;
    /** @var Outbox */
    public $outbox;
    /** @var Deliveries */
    public $deliveries;
    /** @var Carts */
    public $carts;
    /** @var Orders */
    public $orders;
    /** @var Consents */
    public $consents;
    /** @var CartReporter */
    public $cartReporter;
    /** @var OrderReporter */
    public $orderReporter;
    /** @var CustomerReporter */
    public $customerReporter;
    /** @var Erasures */
    public $erasures;
    /** @var Codes */
    public $codes;
    /** @var Sender */
    public $sender;

    public function __construct(\Db $db, \Context $context)
    {
        $this->store = new Store($db);
        $this->states = new States($this->store);
        $this->outbox = new Outbox($this->store);
        $this->deliveries = new Deliveries($this->store);
        $this->carts = new Carts($this->store);
        $this->orders = new Orders($this->store);
        $this->consents = new Consents($this->store);
        $this->cartReporter = new CartReporter($this->carts, $this->orders, $this->outbox, $this->consents, $context);
        $this->orderReporter = new OrderReporter($this->orders, $this->carts, $this->outbox, $this->consents);
        $this->customerReporter = new CustomerReporter($this->consents, $this->outbox, $this->orderReporter);
        $this->erasures = new Erasures($this->carts, $this->orders, $this->consents, $this->outbox);
        $this->codes = new Codes($this->store, $this->carts);
        $this->sender = new Sender($this->store, $this->outbox, $this->deliveries, $this->states, new Http());
    }
}

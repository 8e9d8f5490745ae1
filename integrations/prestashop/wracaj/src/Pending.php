<?php

namespace WracajModule;

/**
 * What changed in this request. It is read and put into the outbox once, when the page is done: a
 * request saves a cart many times, and its last state counts.
 */
final class Pending
{
    /** @var callable */
    private $finish;
    /** @var bool */
    private $isAwaited = false;
    /** @var array<int, \Cart> */
    private $carts = [];
    /** @var array<int, bool> carts that this request began */
    private $newCarts = [];
    /** @var array<int, \Order> */
    private $orders = [];
    /** @var array<int, \OrderSlip> */
    private $slips = [];

    /**
     * @param callable $finish what runs when the page is done
     */
    public function __construct(callable $finish)
    {
        $this->finish = $finish;
    }

    public function await(): void
    {
        if (!$this->isAwaited) {
            $this->isAwaited = true;
            register_shutdown_function($this->finish);
        }
    }

    public function cart(\Cart $cart): void
    {
        $this->carts[(int) $cart->id] = $cart;
        $this->await();
    }

    public function newCart(\Cart $cart): void
    {
        $this->newCarts[(int) $cart->id] = true;
    }

    public function order(\Order $order): void
    {
        $this->orders[(int) $order->id] = $order;
        $this->await();
    }

    public function slip(\OrderSlip $slip): void
    {
        $this->slips[(int) $slip->id] = $slip;
        $this->await();
    }

    /**
     * Slips come before changed orders: of an order with a slip no new total is told.
     *
     * @return callable[]
     */
    public function take(App $app): array
    {
        $tasks = [];
        foreach ($this->carts as $cart) {
            $tasks[] = function () use ($app, $cart): void {
                $fresh = new \Cart((int) $cart->id);
                if (\Validate::isLoadedObject($fresh) && !$this->mayBeABots($fresh)) {
                    $app->cartReporter->tell($fresh);
                }
            };
        }
        foreach ($this->slips as $slip) {
            $tasks[] = function () use ($app, $slip): void {
                $app->orderReporter->tellSlip(new \OrderSlip((int) $slip->id));
            };
        }
        foreach ($this->orders as $order) {
            $tasks[] = function () use ($app, $order): void {
                $app->orderReporter->tellChanged(new \Order((int) $order->id));
            };
        }
        $this->carts = $this->orders = $this->slips = [];

        return $tasks;
    }

    /**
     * Bots follow the links into the basket and keep no cookie: each time they begin a new cart. A
     * shopper nobody knows is told of from the next change on, or once there is an address.
     */
    private function mayBeABots(\Cart $cart): bool
    {
        return isset($this->newCarts[(int) $cart->id]) && (int) $cart->id_customer === 0;
    }
}

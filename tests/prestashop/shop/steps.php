<?php

/**
 * What happens in a shop. Each method is one thing that people do, with the calls of PrestaShop that
 * follow from it.
 */

function begin_database(): void
{
    $db = Db::getInstance();
    foreach (
        [
            'object' => '`class` VARCHAR(40), `id` INT, `json` TEXT, PRIMARY KEY (`class`, `id`)',
            'configuration' => '`name` VARCHAR(80), `id_shop` INT, `value` TEXT, PRIMARY KEY (`name`, `id_shop`)',
            'log' => '`message` TEXT',
            'cart_rule' => '`id_cart_rule` INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,'
                . ' `code` VARCHAR(254), `json` TEXT',
            'cart_rule_shop' => '`id_cart_rule` INT, `id_shop` INT, PRIMARY KEY (`id_cart_rule`, `id_shop`)',
        ] as $table => $columns
    ) {
        $db->execute("CREATE TABLE IF NOT EXISTS `ps_$table` ($columns) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    }
}

class Steps
{
    private const STATES = [
        1 => ['name' => 'Czeka na przelew'],
        2 => ['name' => 'Płatność przyjęta', 'paid' => 1, 'logable' => 1],
        4 => ['name' => 'Wysłane', 'paid' => 1, 'logable' => 1],
        16 => ['name' => 'Anulowane'],
        17 => ['name' => 'Zwrócone'],
        18 => ['name' => 'Błąd płatności'],
        20 => ['name' => 'Nie do realizacji'],
    ];

    public function shop(array $step): bool
    {
        foreach (['PS_OS_CANCELED' => 16, 'PS_OS_REFUND' => 17, 'PS_OS_ERROR' => 18] as $name => $id) {
            Configuration::updateValue($name, $id);
        }
        Configuration::updateValue('PS_CURRENCY_DEFAULT', 1);
        $this->put(Currency::class, 1, ['iso_code' => 'PLN']);
        $this->put(Currency::class, 2, ['iso_code' => 'EUR']);
        $this->put(Language::class, 1, ['iso_code' => 'pl', 'locale' => 'pl-PL']);
        $this->put(Language::class, 2, ['iso_code' => 'en', 'locale' => 'en-US']);
        foreach (self::STATES as $id => $state) {
            $this->put(OrderState::class, $id, $state);
        }

        return wracaj()->install();
    }

    public function uninstall(array $step): bool
    {
        return wracaj()->uninstall();
    }

    public function configure(array $step): bool
    {
        return Configuration::updateValue($step['name'], $step['value'], false, null, $step['shop'] ?? null);
    }

    public function set(array $step): int
    {
        return $this->put($step['class'], $step['id'], $step['with']);
    }

    /** A cart that a visitor begins. With no product it is the empty cart that a bot makes. */
    public function cart(array $step): int
    {
        $cart = new Cart();
        foreach ($step['with'] ?? [] as $name => $value) {
            $cart->$name = $value;
        }
        $cart->add();
        Context::getContext()->cart = $cart;

        return $cart->id;
    }

    public function take(array $step): bool
    {
        $cart = new Cart($step['cart']);
        $customization = $step['customization'] ?? 0;
        $quantity = $step['quantity'] ?? 1;

        return $cart->updateQty(abs($quantity), $step['product'], $step['variant'] ?? 0, $customization, $quantity > 0
            ? 'up' : 'down');
    }

    /** A code of the shop's own with a gift. */
    public function code(array $step): bool
    {
        $rule = new CartRule();
        $rule->gift_product = $step['gift'];
        $rule->gift_product_attribute = 0;
        $rule->add();

        return (new Cart($step['cart']))->addCartRule($rule->id);
    }

    public function save(array $step): bool
    {
        $cart = new Cart($step['cart']);
        foreach ($step['with'] ?? [] as $name => $value) {
            $cart->$name = $value;
        }

        return $cart->update();
    }

    public function delete(array $step): bool
    {
        return (new $step['class']($step['id']))->delete();
    }

    /** CustomerPersister: stores the customer, gives them the cart, then calls the account hooks. */
    public function register(array $step): int
    {
        $_POST = ($step['form'] ?? []) + $_POST;
        $customer = new Customer();
        foreach ($step['with'] as $name => $value) {
            $customer->$name = $value;
        }
        $customer->add();
        if (isset($step['cart'])) {
            $cart = new Cart($step['cart']);
            $cart->id_customer = $customer->id;
            $cart->update();
            Context::getContext()->cart = $cart;
        }
        Hook::exec('actionCustomerAccountAdd', ['newCustomer' => $customer]);

        return $customer->id;
    }

    public function account(array $step): bool
    {
        $_POST = ($step['form'] ?? []) + $_POST;
        $_GET['controller'] = $step['page'] ?? 'identity';
        $customer = new Customer($step['customer']);
        foreach ($step['with'] ?? [] as $name => $value) {
            $customer->$name = $value;
        }
        $customer->update();
        Hook::exec('actionCustomerAccountUpdate', ['customer' => $customer]);

        return true;
    }

    public function form(array $step): array
    {
        return Hook::exec('additionalCustomerFormFields', ['fields' => []]);
    }

    /** PaymentModule::validateOrder. */
    public function order(array $step): int
    {
        $cart = new Cart($step['cart']);
        $asked = new OrderState($step['state']);
        $order = new Order();
        $order->id_shop = $cart->id_shop;
        $order->id_cart = $cart->id;
        $order->id_customer = $cart->id_customer;
        $order->total_paid_tax_incl = $cart->getOrderTotal(true, 3) + ($step['shipping'] ?? 0);
        $order->total_paid_tax_excl = round($order->total_paid_tax_incl / 1.23, 6);
        $order->total_shipping_tax_incl = $step['shipping'] ?? 0;
        $order->rules = $cart->rules;
        $order->details = array_map(function (array $line) {
            return [
                'product_id' => $line['id_product'],
                'product_attribute_id' => $line['id_product_attribute'],
                'product_name' => $line['name'],
                'product_quantity' => $line['cart_quantity'],
                'unit_price_tax_incl' => $line['price_wt'],
                'original_wholesale_price' => '10.000000',
            ];
        }, $cart->getProducts());
        $order->add();
        $paid = $step['paid'] ?? ($asked->logable ? $order->total_paid_tax_incl : 0);
        if ($asked->logable) {
            $order->total_paid_real = $paid;
            $order->update();
        }
        Hook::exec('actionValidateOrder', [
            'cart' => $cart,
            'order' => $order,
            'customer' => new Customer($order->id_customer),
            'currency' => new Currency($order->id_currency),
            'orderStatus' => $asked,
        ]);
        $isRight = !$asked->logable || $paid == $order->total_paid_tax_incl;
        (new OrderHistory())->changeIdOrderState($isRight ? $step['state'] : 18, $order);

        return $order->id;
    }

    public function state(array $step): bool
    {
        (new OrderHistory())->changeIdOrderState($step['state'], new Order($step['order']));

        return true;
    }

    public function edit(array $step): bool
    {
        $order = new Order($step['order']);
        $order->total_paid_tax_incl = $step['total'];

        return $order->update();
    }

    public function slip(array $step): int
    {
        $slip = new OrderSlip();
        foreach ($step['with'] + ['id_order' => $step['order']] as $name => $value) {
            $slip->$name = $value;
        }
        $slip->add();

        return $slip->id;
    }

    /** ps_emailsubscription: an unsubscription ends before the second hook. */
    public function newsletter(array $step): bool
    {
        $params = ['email' => $step['email'], 'action' => $step['action'], 'hookName' => null];
        Hook::exec('actionNewsletterRegistrationBefore', $params);
        if ($step['action'] === '0') {
            Hook::exec('actionNewsletterRegistrationAfter', $params + ['error' => $step['error'] ?? false]);
        }

        return true;
    }

    public function hook(array $step)
    {
        return Hook::exec($step['name'], $step['params'] ?? []);
    }

    public function settings(array $step): string
    {
        $_POST = $step['form'] ?? [];
        Context::getContext()->smarty = smarty();

        return wracaj()->getContent();
    }

    private function put(string $class, int $id, array $with): int
    {
        $object = new $class($id);
        $isNew = !$object->id;
        $object->id = $id;
        foreach ($with as $name => $value) {
            $object->$name = $value;
        }
        $isNew ? $object->add() : $object->update();

        return $id;
    }
}

/** Smarty itself where it is installed; else what is told to it, as JSON. */
function smarty()
{
    if (class_exists('Smarty')) {
        $smarty = new Smarty();
        $smarty->setCompileDir(dirname(SHOP_DATABASE) . '/smarty');

        return $smarty;
    }

    return new class {
        private $told;

        public function assign(array $told): void
        {
            $this->told = $told;
        }

        public function fetch(string $template): string
        {
            return json_encode($this->told, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        }
    };
}

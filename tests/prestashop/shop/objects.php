<?php

/**
 * Stand-ins for PrestaShop's objects. Each is a row of JSON; adding, changing and deleting one calls
 * the hooks that PrestaShop's do.
 */

abstract class ObjectModel
{
    public $id;

    public function __construct($id = null, $idLang = null, $idShop = null)
    {
        $rows = $id ? Db::getInstance()->executeS('SELECT `json` FROM `ps_object` WHERE ' . self::at((int) $id)) : [];
        foreach ($rows ? json_decode($rows[0]['json'], true) : [] as $name => $value) {
            $this->$name = $value;
        }
        $this->id = $rows ? (int) $id : null;
    }

    public function add($autoDate = true, $nullValues = false)
    {
        if (property_exists($this, 'date_add') && !$this->date_add) {
            $this->date_add = date('Y-m-d H:i:s');
        }
        $class = static::class;
        $last = Db::getInstance()->getValue("SELECT MAX(`id`) FROM `ps_object` WHERE `class` = '$class'");
        $this->id = $this->id ?: (int) $last + 1;
        Db::getInstance()->insert('object', ['class' => $class, 'id' => $this->id, 'json' => $this->json()]);
        Hook::exec("actionObject{$class}AddAfter", ['object' => $this]);

        return true;
    }

    public function update($nullValues = false)
    {
        Db::getInstance()->update('object', ['json' => $this->json()], self::at($this->id));
        Hook::exec('actionObject' . static::class . 'UpdateAfter', ['object' => $this]);

        return true;
    }

    public function delete()
    {
        Hook::exec('actionObject' . static::class . 'DeleteBefore', ['object' => $this]);
        Db::getInstance()->delete('object', self::at($this->id));
        Hook::exec('actionObject' . static::class . 'DeleteAfter', ['object' => $this]);

        return true;
    }

    public static function all(): array
    {
        $rows = Db::getInstance()->executeS("SELECT `id` FROM `ps_object` WHERE `class` = '" . static::class . "'");

        return array_map(function (array $row) {
            return new static((int) $row['id']);
        }, $rows);
    }

    private function json(): string
    {
        return pSQL(json_encode(get_object_vars($this)), true);
    }

    private static function at($id): string
    {
        return "`class` = '" . static::class . "' AND `id` = " . (int) $id;
    }
}

class Currency extends ObjectModel
{
    public $iso_code;
    public $precision = 2;

    public static function getIdByIsoCode($code, $idShop = 0)
    {
        foreach (self::all() as $currency) {
            if ($currency->iso_code === $code) {
                return $currency->id;
            }
        }

        return 0;
    }
}

class Language extends ObjectModel
{
    public $iso_code;
    public $locale;
    public $language_code;

    public static function getLanguages($active = true)
    {
        return array_map(function (Language $one) {
            return ['id_lang' => $one->id, 'iso_code' => $one->iso_code];
        }, self::all());
    }
}

class Address extends ObjectModel
{
    public $phone = '';
    public $phone_mobile = '';
}

class Customer extends ObjectModel
{
    public $id_shop = 1;
    public $id_lang = 1;
    public $email = '';
    public $firstname = '';
    public $is_guest = 0;
    public $newsletter = 0;
    public $newsletter_date_add = null;
    public $birthday = null;
    public $deleted = 0;

    public function isLogged()
    {
        return $this->id && !$this->is_guest;
    }

    public function add($autoDate = true, $nullValues = true)
    {
        return $this->dated() && parent::add();
    }

    public function update($nullValues = false)
    {
        return $this->dated() && parent::update();
    }

    /** PrestaShop sets the date only where there is none: it may be an old one. */
    private function dated(): bool
    {
        if ($this->newsletter && !$this->newsletter_date_add) {
            $this->newsletter_date_add = date('Y-m-d H:i:s');
        }

        return true;
    }

    public static function getCustomersByEmail($email)
    {
        $same = array_filter(self::all(), function (Customer $customer) use ($email) {
            return strcasecmp($customer->email, $email) === 0;
        });

        return array_map(function (Customer $customer) {
            return ['id_customer' => $customer->id];
        }, $same);
    }

    public static function customerExists($email, $returnId = false)
    {
        foreach (self::all() as $customer) {
            if (strcasecmp($customer->email, $email) === 0 && !$customer->is_guest) {
                return $customer->id;
            }
        }

        return 0;
    }
}

class Product extends ObjectModel
{
    public $name;
    public $price;
    public $active = 1;
    public $available_for_order = 1;
    public $minimal_quantity = 1;
    public $stock = 100;
    public $backorders = 0;
    public $variants = [];
    public $link_rewrite = 'produkt';

    public function checkAccess($idCustomer)
    {
        return true;
    }

    public static function isAvailableWhenOutOfStock($outOfStock)
    {
        return (bool) $outOfStock;
    }

    public static function getDefaultAttribute($idProduct)
    {
        $product = new Product($idProduct);

        return (int) ($product->variants[0] ?? 0);
    }
}

class Combination
{
    public $id_product = 0;

    public function __construct($id)
    {
        foreach (Product::all() as $product) {
            if (in_array($id, $product->variants, true)) {
                $this->id_product = $product->id;
            }
        }
    }
}

class StockAvailable
{
    public static function outOfStock($idProduct, $idShop = null)
    {
        return (new Product($idProduct))->backorders;
    }

    public static function getQuantityAvailableByProduct($idProduct, $variant = null, $idShop = null)
    {
        return (new Product($idProduct))->stock;
    }
}

class Cart extends ObjectModel
{
    public const BOTH_WITHOUT_SHIPPING = 4;
    public $id_shop = 1;
    public $id_customer = 0;
    public $id_currency = 1;
    public $id_lang = 1;
    public $id_address_delivery = 0;
    public $date_add;
    /** @var array rows of PrestaShop's table cart_product */
    public $lines = [];
    /** @var int[] */
    public $rules = [];

    public function add($autoDate = true, $nullValues = false)
    {
        $added = parent::add();
        Hook::exec('actionCartSave', isset($_SERVER['HTTP_X_OLD_HOOK']) ? [] : ['cart' => $this]);

        return $added;
    }

    public function update($nullValues = false)
    {
        $updated = parent::update();
        Hook::exec('actionCartSave', isset($_SERVER['HTTP_X_OLD_HOOK']) ? [] : ['cart' => $this]);

        return $updated;
    }

    public function getProducts($refresh = false)
    {
        $lines = isset($_SERVER['HTTP_X_OLD_HOOK']) ? $this->splitByGifts() : $this->lines;

        return array_map(function (array $line) {
            $product = new Product($line['id_product']);

            return $line + [
                'name' => $product->name,
                // PrestaShop works prices out in the currency of the context, at four złote for a euro
                'price_wt' => $product->price / (Context::getContext()->currency->id === 2 ? 4 : 1),
                'link_rewrite' => $product->link_rewrite,
                'category' => 'kubki',
                'id_image' => "$product->id-10$product->id",
                'attributes_small' => $line['id_product_attribute'] ? 'Biały' : '',
            ];
        }, $lines);
    }

    /** As 1.7.0 does: a gift and the rest are two rows, each with the whole quantity. */
    private function splitByGifts(): array
    {
        $lines = [];
        $gifts = array_column($this->getCartRules(CartRule::FILTER_ACTION_GIFT), 'gift_product');
        foreach ($this->lines as $line) {
            if (in_array($line['id_product'], $gifts, true)) {
                $lines[] = ['is_gift' => true] + $line;
            }
            $lines[] = $line;
        }

        return $lines;
    }

    public function updateQty($quantity, $idProduct, $variant = null, $customization = false, $operator = 'up')
    {
        $product = new Product($idProduct);
        foreach ($this->lines as $at => $line) {
            if ([$line['id_product'], $line['id_product_attribute']] === [$idProduct, (int) $variant]) {
                $this->lines[$at]['cart_quantity'] += $operator === 'up' ? $quantity : -$quantity;
                $this->lines = array_values(array_filter($this->lines, function ($line) {
                    return $line['cart_quantity'] > 0;
                }));

                return $this->update();
            }
        }
        if (!$product->backorders && $quantity > $product->stock) {
            return false;
        }
        if ($quantity < $product->minimal_quantity) {
            return -1;
        }
        $this->lines[] = [
            'id_product' => $idProduct,
            'id_product_attribute' => (int) $variant,
            'id_customization' => (int) $customization,
            'cart_quantity' => $quantity,
        ];

        return $this->update();
    }

    public function getOrderTotal($withTaxes, $type)
    {
        return array_sum(array_map(function (array $line) {
            return $line['price_wt'] * $line['cart_quantity'];
        }, $this->getProducts()));
    }

    public function getCartRules($filter = CartRule::FILTER_ACTION_ALL, $autoAdd = true)
    {
        $rules = array_map(function ($id) {
            return get_object_vars(new CartRule($id)) + ['id_cart_rule' => $id];
        }, $this->rules);

        return array_values(array_filter($rules, function (array $rule) use ($filter) {
            return $filter === CartRule::FILTER_ACTION_ALL || $rule['gift_product'];
        }));
    }

    /** A gift is one piece more in the rows of the cart, with nothing to tell it from the others. */
    public function addCartRule($id)
    {
        $this->rules[] = $id;
        $rule = new CartRule($id);

        return $rule->gift_product
            ? $this->updateQty(1, $rule->gift_product, $rule->gift_product_attribute)
            : $this->update();
    }
}

class CartRule
{
    public const FILTER_ACTION_ALL = 1;
    public const FILTER_ACTION_GIFT = 4;
    public $id;
    public $code = '';
    public $name;
    public $description;
    public $date_from;
    public $date_to;
    public $quantity;
    public $quantity_per_user;
    public $priority;
    public $partial_use = 1;
    public $highlight;
    public $active;
    public $minimum_amount = 0;
    public $minimum_amount_tax;
    public $minimum_amount_currency;
    public $minimum_amount_shipping;
    public $shop_restriction;
    public $free_shipping = 0;
    public $reduction_percent = 0;
    public $reduction_amount = 0;
    public $reduction_tax;
    public $reduction_currency;
    public $gift_product = 0;
    public $gift_product_attribute;

    public function __construct($id = null)
    {
        $rows = $id
            ? Db::getInstance()->executeS('SELECT * FROM `ps_cart_rule` WHERE `id_cart_rule` = ' . (int) $id)
            : [];
        foreach ($rows ? json_decode($rows[0]['json'], true) : [] as $name => $value) {
            $this->$name = $value;
        }
        $this->id = $rows ? (int) $id : null;
    }

    public function add()
    {
        $row = ['code' => pSQL($this->code), 'json' => pSQL(json_encode(get_object_vars($this)), true)];
        Db::getInstance()->insert('cart_rule', $row);
        $this->id = (int) Db::getInstance()->Insert_ID();

        return true;
    }

    public function checkValidity($context, $alreadyInCart = false, $displayError = true)
    {
        $total = $context->cart->getOrderTotal(true, Cart::BOTH_WITHOUT_SHIPPING);

        return $total < $this->minimum_amount ? 'Minimalna kwota zamówienia to ' . $this->minimum_amount : null;
    }
}

class OrderState extends ObjectModel
{
    public $name;
    public $paid = 0;
    public $logable = 0;

    public static function getOrderStates($idLang)
    {
        return array_map(function (OrderState $state) {
            return ['id_order_state' => $state->id, 'name' => $state->name];
        }, self::all());
    }
}

class Order extends ObjectModel
{
    public $id_shop = 1;
    public $id_cart;
    public $id_customer;
    public $id_currency = 1;
    public $id_lang = 1;
    public $id_address_delivery = 0;
    public $current_state = 0;
    public $total_paid_tax_incl;
    public $total_paid_tax_excl;
    public $total_paid_real = 0;
    public $total_shipping_tax_incl = 0;
    public $total_discounts_tax_incl = 0;
    public $date_add;
    public $rules = [];
    public $details = [];

    public function getCartRules()
    {
        return array_map(function ($id) {
            return ['id_cart_rule' => $id, 'free_shipping' => (new CartRule($id))->free_shipping];
        }, $this->rules);
    }

    public function getOrderDetailList()
    {
        return $this->details;
    }
}

class OrderSlip extends ObjectModel
{
    public $id_order;
    public $amount = 0;
    public $total_products_tax_incl = 0;
    public $total_products_tax_excl = 0;
    public $total_shipping_tax_incl = 0;
}

class OrderHistory extends ObjectModel
{
    public $id_order;
    public $id_order_state;

    /** The hooks in PrestaShop's order: the state's, the order's own change, the history's. */
    public function changeIdOrderState($state, Order $order)
    {
        Hook::exec('actionOrderStatusPostUpdate', [
            'newOrderStatus' => new OrderState($state),
            'id_order' => $order->id,
        ]);
        $this->id_order = $order->id;
        $this->id_order_state = $state;
        $order->current_state = $state;
        $order->update();
        $this->add();
        Hook::exec('actionOrderHistoryAddAfter', ['order_history' => $this]);
    }
}

<?php

declare(strict_types=1);

/** WooCommerce's dates are DateTime objects with the shop's zone. */
final class WC_DateTime extends DateTime
{
}

class Stand_In_Item
{
    public function __construct(public array $line)
    {
    }

    public function get_product(): WC_Product|false
    {
        return wc_get_product($this->line['variation_id'] ?: $this->line['product_id']);
    }

    public function get_meta(string $key)
    {
        return $this->line['variation']["attribute_$key"] ?? '';
    }

    public function __call(string $name, array $arguments)
    {
        return $this->line[substr($name, 4)] ?? null;
    }
}

/** An order in WooCommerce's own tables, as they are since HPOS. */
class WC_Order
{
    /** @var array<string, mixed> */
    protected array $data = ['type' => 'shop_order', 'status' => 'pending', 'currency' => 'PLN', 'total' => '0.00',
        'total_tax' => '0.00', 'shipping_total' => '0', 'shipping_tax' => '0', 'discount_total' => '0',
        'discount_tax' => '0', 'customer_id' => 0, 'billing_email' => '', 'billing_phone' => '',
        'billing_first_name' => '', 'date_created' => 0, 'date_paid' => 0, 'items' => [], 'coupon_codes' => [],
        'payment_method' => '', 'created_via' => '', 'amount' => '0', 'parent_id' => 0];
    /** @var array<string, mixed> */
    protected array $meta = [];
    private string $before = '';

    public function __construct(protected int $id = 0)
    {
        global $wpdb;
        if ($id) {
            $row = $wpdb->get_row($wpdb->prepare("SELECT * FROM {$wpdb->prefix}wc_orders WHERE id = %d", $id));
            $this->data = json_decode($row->data, true) + $this->data;
            $rows = $wpdb->get_results($wpdb->prepare("SELECT * FROM {$wpdb->prefix}wc_orders_meta WHERE order_id = %d", $id));
            foreach ($rows as $meta) {
                $this->meta[$meta->meta_key] = maybe_unserialize($meta->meta_value);
            }
            $this->before = $this->data['status'];
        }
    }

    public function get_id(): int
    {
        return $this->id;
    }

    public function get_type(): string
    {
        return $this->data['type'];
    }

    public function __call(string $name, array $arguments)
    {
        $field = substr($name, 4);
        if (str_starts_with($name, 'set_')) {
            $this->data[$field] = $arguments[0];
            return null;
        }
        $value = $this->data[$field] ?? null;
        if (str_starts_with($field, 'date_')) {
            return $value ? (new WC_DateTime("@$value"))->setTimezone(new DateTimeZone('Europe/Warsaw')) : null;
        }

        return $field === 'items' ? array_map(static fn ($line) => new Stand_In_Item($line), $value) : $value;
    }

    public function get_item_total(Stand_In_Item $item, bool $withTax = false, bool $round = true): float
    {
        return (float) $item->line['price'];
    }

    public function get_meta(string $key)
    {
        return $this->meta[$key] ?? '';
    }

    public function update_meta_data(string $key, $value): void
    {
        $this->meta[$key] = $value;
    }

    public function delete_meta_data(string $key): void
    {
        unset($this->meta[$key]);
    }

    public function save_meta_data(): void
    {
        $this->saveMeta();
    }

    public function add_meta_data(string $key, $value, bool $unique = false): void
    {
        $this->meta[$key] = $value;
    }

    /** @return WC_Order_Refund[] */
    public function get_refunds(): array
    {
        return array_map(static fn ($id) => new WC_Order_Refund($id), stand_in_order_ids('shop_order_refund', $this->id));
    }

    public function has_status($statuses): bool
    {
        return in_array($this->data['status'], (array) $statuses, true);
    }

    public function needs_payment(): bool
    {
        return (float) $this->data['total'] > 0;
    }

    /** Fires woocommerce_new_order once an order leaves the draft, as WooCommerce does. */
    public function save(): int
    {
        global $wpdb;
        $isNew = !$this->id;
        $this->data['date_created'] = $this->data['date_created'] ?: time();
        $table = $wpdb->prefix . 'wc_orders';
        $row = ['type' => $this->data['type'], 'status' => $this->data['status'], 'parent_id' => $this->data['parent_id'],
            'billing_email' => $this->data['billing_email'], 'customer_id' => $this->data['customer_id'],
            'date_modified' => time(), 'data' => wp_json_encode($this->data)];
        $isNew ? $wpdb->insert($table, $row) : $wpdb->update($table, $row, ['id' => $this->id]);
        $this->id = $this->id ?: (int) $wpdb->insert_id;
        $this->saveMeta();
        $was = $this->before;
        $this->before = $this->data['status'];
        $this->fire($isNew, $was);

        return $this->id;
    }

    public function update_status(string $status): void
    {
        $this->data['status'] = $status;
        $paid = in_array($status, ['processing', 'completed'], true)
            && ($this->data['payment_method'] !== 'cod' || $status === 'completed');
        if ($paid && !$this->data['date_paid']) {
            $this->data['date_paid'] = time();
        }
        if ($status === 'refunded' && $this->get_refunds() === []) {
            wc_create_refund(['order_id' => $this->id, 'amount' => $this->data['total']]);
        }
        $this->save();
    }

    public function payment_complete(): void
    {
        $this->update_status('processing');
        do_action('woocommerce_payment_complete', $this->id);
    }

    private function fire(bool $isNew, string $was): void
    {
        if ($this->data['type'] !== 'shop_order') {
            return;
        }
        $isDraft = $this->data['status'] === 'checkout-draft';
        $leaves = $was === 'checkout-draft' && !$isDraft;
        if (($isNew && !$isDraft) || $leaves) {
            do_action('woocommerce_new_order', $this->id, $this);
        } elseif (!$isNew) {
            do_action('woocommerce_update_order', $this->id, $this);
        }
        if ($was !== '' && $was !== $this->data['status']) {
            do_action("woocommerce_order_status_{$this->data['status']}", $this->id, $this);
            do_action('woocommerce_order_status_changed', $this->id, $was, $this->data['status'], $this);
        }
    }

    private function saveMeta(): void
    {
        global $wpdb;
        $table = $wpdb->prefix . 'wc_orders_meta';
        $wpdb->delete($table, ['order_id' => $this->id]);
        foreach ($this->meta as $key => $value) {
            $wpdb->insert($table, ['order_id' => $this->id, 'meta_key' => $key, 'meta_value' => maybe_serialize($value)]);
        }
    }
}

final class WC_Order_Refund extends WC_Order
{
}

function wc_create_refund(array $arguments): WC_Order_Refund
{
    $refund = new WC_Order_Refund();
    $refund->set_type('shop_order_refund');
    $refund->set_parent_id($arguments['order_id']);
    $refund->set_amount((string) $arguments['amount']);
    $refund->save();
    do_action('woocommerce_order_refunded', $arguments['order_id'], $refund->get_id());

    return $refund;
}

function wc_get_order($order): WC_Order|false
{
    global $wpdb;
    if ($order instanceof WC_Order) {
        return $order;
    }
    $type = $wpdb->get_var($wpdb->prepare("SELECT type FROM {$wpdb->prefix}wc_orders WHERE id = %d", (int) $order));

    return match ($type) {
        'shop_order' => new WC_Order((int) $order),
        'shop_order_refund' => new WC_Order_Refund((int) $order),
        default => false,
    };
}

function wc_get_orders(array $asked): array
{
    global $wpdb;
    $where = $wpdb->prepare('type = %s', $asked['type'] ?? 'shop_order');
    foreach (['billing_email', 'customer_id'] as $field) {
        $where .= isset($asked[$field]) ? $wpdb->prepare(" AND $field = %s", (string) $asked[$field]) : '';
    }
    if (isset($asked['date_modified'])) {
        $where .= $wpdb->prepare(' AND date_modified > %d', (int) ltrim($asked['date_modified'], '>'));
    }
    $ids = array_map('intval', $wpdb->get_col("SELECT id FROM {$wpdb->prefix}wc_orders WHERE $where ORDER BY id"));

    return ($asked['return'] ?? '') === 'ids' ? $ids : array_map('wc_get_order', $ids);
}

/** @return int[] */
function stand_in_order_ids(string $type, int $parent): array
{
    global $wpdb;

    return array_map('intval', $wpdb->get_col($wpdb->prepare(
        "SELECT id FROM {$wpdb->prefix}wc_orders WHERE type = %s AND parent_id = %d",
        $type,
        $parent
    )));
}

/** What both checkouts do with the cart: they copy it into the order. */
function stand_in_fill(WC_Order $order): void
{
    $cart = WC()->cart;
    $order->set_items(array_values(array_map(static fn ($line) => [
        'product_id' => $line['product_id'], 'variation_id' => $line['variation_id'], 'variation' => $line['variation'],
        'quantity' => $line['quantity'], 'name' => $line['data']->get_name(), 'price' => $line['data']->get_price(),
    ], $cart->get_cart())));
    $order->set_total(stand_in_money($cart->gross()));
    $order->set_total_tax($cart->get_cart_contents_tax());
    $order->set_discount_total(stand_in_money($cart->get_discount() / 1.23));
    $order->set_discount_tax(stand_in_money($cart->get_discount() - $cart->get_discount() / 1.23));
    $order->set_coupon_codes($cart->get_applied_coupons());
    $order->set_customer_id(get_current_user_id());
}

/** Bank transfer is on hold, cash on delivery is processed, both unpaid; a gateway waits for its answer. */
function stand_in_pay(WC_Order $order, string $method): void
{
    if ($method === 'gateway') {
        return; // stays pending, and the cart stays full
    }
    $order->update_status($method === 'bacs' ? 'on-hold' : 'processing');
    foreach ($order->get_coupon_codes() as $code) {
        (new WC_Coupon($code))->use();
    }
    WC()->cart->empty_cart();
}

function stand_in_install(): void
{
    global $wpdb;
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    dbDelta("CREATE TABLE {$wpdb->prefix}wc_orders (
        id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
        type varchar(20) NOT NULL,
        status varchar(20) NOT NULL,
        parent_id bigint(20) NOT NULL DEFAULT 0,
        billing_email varchar(200) NOT NULL DEFAULT '',
        customer_id bigint(20) NOT NULL DEFAULT 0,
        date_modified bigint(20) NOT NULL DEFAULT 0,
        data longtext NOT NULL,
        PRIMARY KEY  (id)
    );");
    dbDelta("CREATE TABLE {$wpdb->prefix}wc_orders_meta (
        id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
        order_id bigint(20) NOT NULL,
        meta_key varchar(255) NOT NULL,
        meta_value longtext NOT NULL,
        PRIMARY KEY  (id)
    );");
    get_role('administrator')->add_cap('manage_woocommerce');
    add_role('customer', 'Customer', ['read' => true]);
    foreach (['cart', 'checkout'] as $name) {
        $page = wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => $name,
            'post_content' => "[stand_in_$name]"]);
        update_option("woocommerce_{$name}_page_id", $page);
    }
}

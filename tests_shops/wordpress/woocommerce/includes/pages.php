<?php

declare(strict_types=1);

final class WC_AJAX
{
    public static function get_endpoint(string $name): string
    {
        return add_query_arg('wc-ajax', $name, home_url('/'));
    }
}

function wc_get_cart_url(): string
{
    return (string) get_permalink((int) get_option('woocommerce_cart_page_id'));
}

function is_checkout(): bool
{
    return is_page((int) get_option('woocommerce_checkout_page_id'));
}

function is_wc_endpoint_url(string $endpoint): bool
{
    return false;
}

add_shortcode('stand_in_cart', static function (): string {
    ob_start();
    wc_print_notices();
    foreach (WC()->cart->get_cart() as $line) {
        printf('<li>%s × %s</li>', esc_html($line['data']->get_name()), esc_html((string) $line['quantity']));
    }
    printf('<b class="total">%s</b>', esc_html(stand_in_money(WC()->cart->gross())));

    return (string) ob_get_clean();
});

add_shortcode('stand_in_checkout', static function (): string {
    ob_start();
    echo '<form class="checkout"><input id="billing_email" name="billing_email" value="'
        . esc_attr(WC()->customer->get_billing_email()) . '">';
    do_action('woocommerce_after_checkout_billing_form', null);
    do_action('woocommerce_checkout_after_customer_details');
    wp_nonce_field('woocommerce-process_checkout', 'woocommerce-process-checkout-nonce');
    printf('<i data-review="%s"></i></form>', esc_attr(wp_create_nonce('update-order-review')));

    return (string) ob_get_clean();
});

add_action('wp_loaded', static function (): void {
    if (isset($_REQUEST['add-to-cart']) && WC()->cart) { // the theme's own way
        WC()->cart->add_to_cart((int) $_REQUEST['add-to-cart'], (int) ($_REQUEST['quantity'] ?? 1));
        wp_safe_redirect(wc_get_cart_url());
        exit;
    }
}, 20);

add_action('template_redirect', static function (): void {
    if (isset($_GET['order-received'])) { // the page after an order empties the cart, paid or not
        WC()->cart->empty_cart();
    }
    $name = sanitize_key($_GET['wc-ajax'] ?? '');
    if ($name !== '') {
        do_action("wc_ajax_$name");
        wp_die('', '', ['response' => 404]);
    }
}, 0);

add_action('wc_ajax_add_to_cart', static function (): void {
    $chosen = array_filter($_POST, static fn ($key) => str_starts_with($key, 'attribute_'), ARRAY_FILTER_USE_KEY);
    $variation = (int) ($_POST['variation_id'] ?? 0);
    WC()->cart->add_to_cart((int) $_POST['product_id'], (int) ($_POST['quantity'] ?? 1), $variation, wp_unslash($chosen));
    wp_send_json(['fragments' => []]);
});

add_action('wc_ajax_change', static function (): void { // the cart page's own forms
    $key = array_keys(WC()->cart->get_cart())[(int) ($_POST['line'] ?? 0)];
    $quantity = (int) $_POST['quantity'];
    $quantity ? WC()->cart->set_quantity($key, $quantity) : WC()->cart->remove_cart_item($key);
    wp_send_json([]);
});

add_action('wc_ajax_update_order_review', static function (): void {
    check_ajax_referer('update-order-review', 'security');
    do_action('woocommerce_checkout_update_order_review', wp_unslash($_POST['post_data'] ?? ''));
    WC()->cart->calculate_totals();
    wp_send_json(['result' => 'success']);
});

add_action('wc_ajax_checkout', static function (): void {
    if (!wp_verify_nonce($_POST['woocommerce-process-checkout-nonce'] ?? '', 'woocommerce-process_checkout')) {
        wp_send_json(['result' => 'failure'], 403);
    }
    if (!empty($_POST['createaccount'])) {
        stand_in_make_account(sanitize_email(wp_unslash($_POST['billing_email'])));
    }
    $order = new WC_Order();
    stand_in_fill($order);
    foreach (['email', 'phone', 'first_name'] as $field) {
        $order->{"set_billing_$field"}(sanitize_text_field(wp_unslash($_POST["billing_$field"] ?? '')));
        WC()->customer->{"set_billing_$field"}(sanitize_text_field(wp_unslash($_POST["billing_$field"] ?? '')));
    }
    WC()->customer->save();
    WC()->customer->keepForUser();
    $order->set_created_via('checkout');
    $order->set_payment_method($_POST['payment_method']);
    do_action('woocommerce_checkout_create_order', $order, $_POST);
    $order->save();
    do_action('woocommerce_checkout_update_order_meta', $order->get_id(), $_POST);
    do_action('woocommerce_checkout_order_created', $order);
    do_action('woocommerce_checkout_order_processed', $order->get_id(), $_POST, $order);
    stand_in_pay($order, $_POST['payment_method']);
    wp_send_json(['result' => 'success', 'order_id' => $order->get_id()]);
});

/** A guest who makes an account in the checkout is logged in before the order is made. */
function stand_in_make_account(string $email): void
{
    $id = wp_insert_user(['user_login' => $email, 'user_pass' => 'password', 'user_email' => $email, 'role' => 'customer']);
    do_action('woocommerce_created_customer', $id, [], false);
    wp_set_current_user($id);
    wp_set_auth_cookie($id, true);
    WC()->session->become((string) $id);
    WC()->customer = new WC_Customer($id, true);
}

function is_account_page(): bool
{
    return in_array($_GET['wc-ajax'] ?? '', ['account', 'save_account'], true);
}

add_action('wc_ajax_account', static function (): void {
    $customer = new WC_Customer(get_current_user_id());
    wp_send_json(array_map(
        static fn (string $key) => Stand_In_Fields::value($key, $customer),
        array_combine(array_keys(Stand_In_Fields::$fields), array_keys(Stand_In_Fields::$fields))
    ));
});

/** The account's details: a form of WooCommerce's that shows and saves fields of the kind "contact". */
add_action('wc_ajax_save_account', static function (): void {
    $customer = new WC_Customer(get_current_user_id());
    foreach (array_keys(Stand_In_Fields::$fields) as $key) {
        Stand_In_Fields::persist($key, (bool) ($_POST["_wc_other/$key"] ?? false), $customer);
    }
    $customer->save();
    wp_send_json([]);
});

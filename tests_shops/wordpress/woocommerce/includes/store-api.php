<?php

declare(strict_types=1);

/** The Store API of the blocks. Its session is loaded with the request, and its nonce is asked for. */
add_filter('rest_authentication_errors', static function ($result) { // the cookie alone tells who asks
    return empty($result) && str_starts_with($_GET['rest_route'] ?? '', '/wc/store/') ? true : $result;
}, 20);

add_action('rest_api_init', static function (): void {
    $route = static function (string $path, string $methods, callable $do): void {
        register_rest_route('wc/store/v1', $path, [
            'methods' => $methods,
            'permission_callback' => '__return_true',
            'callback' => static function (WP_REST_Request $request) use ($do) {
                WC()->loadCart();
                $isChange = $request->get_method() !== 'GET';
                if ($isChange && !wp_verify_nonce((string) $request->get_header('Nonce'), 'wc_store_api')) {
                    return new WP_Error('woocommerce_rest_invalid_nonce', 'Nonce is invalid.', ['status' => 403]);
                }
                $response = new WP_REST_Response($do($request));
                $response->header('Nonce', wp_create_nonce('wc_store_api'));

                return $response;
            },
        ]);
    };
    $route('/cart', 'GET', 'stand_in_cart_response');
    $route('/cart/add-item', 'POST', static function (WP_REST_Request $request): array {
        WC()->cart->add_to_cart((int) $request['id'], (int) ($request['quantity'] ?? 1));

        return stand_in_cart_response();
    });
    $route('/cart/update-customer', 'POST', static function (WP_REST_Request $request): array {
        stand_in_set_customer((array) $request['billing_address']);
        do_action('woocommerce_store_api_cart_update_customer_from_request', WC()->customer, $request);
        WC()->customer->save();
        WC()->cart->calculate_totals();

        return stand_in_cart_response();
    });
    $route('/checkout', 'GET,PUT', static function (WP_REST_Request $request): array {
        return ['order_id' => stand_in_draft($request)->get_id(), 'additional_fields' => array_map(
            static fn ($key) => Stand_In_Fields::value($key, WC()->customer),
            array_combine(array_keys(Stand_In_Fields::$fields), array_keys(Stand_In_Fields::$fields))
        )];
    });
    $route('/checkout', 'POST', 'stand_in_place_block_order');
});

function stand_in_cart_response(): array
{
    return ['items' => array_values(array_map(static fn ($line) => $line['quantity'], WC()->cart->get_cart()))];
}

function stand_in_set_customer(array $address): void
{
    foreach ($address as $field => $value) {
        WC()->customer->{"set_billing_$field"}(sanitize_text_field((string) $value));
    }
}

/** Opening the block checkout makes a draft; each later call writes it again. */
function stand_in_draft(WP_REST_Request $request): WC_Order
{
    $order = wc_get_order((int) WC()->session->get('store_api_draft_order', 0)) ?: new WC_Order();
    if ($order->get_id() && !$order->has_status('checkout-draft')) {
        $order = new WC_Order();
    }
    stand_in_fill($order);
    $order->set_status('checkout-draft');
    $order->set_created_via('store-api');
    foreach (['email', 'phone', 'first_name'] as $field) {
        $order->{"set_billing_$field"}(WC()->customer->{"get_billing_$field"}());
    }
    $order->save();
    do_action('woocommerce_store_api_checkout_update_order_meta', $order);
    WC()->session->set('store_api_draft_order', $order->get_id());

    return $order;
}

function stand_in_place_block_order(WP_REST_Request $request): array
{
    stand_in_set_customer((array) $request['billing_address']);
    foreach ((array) $request['additional_fields'] as $key => $value) {
        Stand_In_Fields::persist($key, $value, WC()->customer);
    }
    do_action('woocommerce_store_api_checkout_update_customer_from_request', WC()->customer, $request);
    WC()->customer->save();
    WC()->customer->keepForUser();
    $order = stand_in_draft($request);
    foreach ((array) $request['additional_fields'] as $key => $value) {
        Stand_In_Fields::persist($key, $value, $order);
    }
    $order->set_payment_method((string) $request['payment_method']);
    do_action('woocommerce_store_api_checkout_update_order_from_request', $order, $request);
    $order->save();
    do_action('woocommerce_store_api_checkout_order_processed', $order);
    $order->update_status('pending');
    stand_in_pay($order, (string) $request['payment_method']);

    return ['order_id' => $order->get_id(), 'status' => wc_get_order($order->get_id())->get_status()];
}

<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Where Wracaj asks for a code: POST /wp-json/wracaj/v1/discount, signed with the shop's secret. */
final class DiscountEndpoint
{
    private const SPACE = 'wracaj/v1';
    private const ROUTE = '/discount';

    /** @var Settings */
    private $settings;
    /** @var Coupons */
    private $coupons;

    public function __construct(Settings $settings, Coupons $coupons)
    {
        $this->settings = $settings;
        $this->coupons = $coupons;
    }

    public function register(): void
    {
        add_action('rest_api_init', function (): void {
            register_rest_route(self::SPACE, self::ROUTE, [
                'methods' => 'POST',
                'callback' => [$this, 'answer'],
                'permission_callback' => [$this, 'isSigned'],
            ]);
        });
    }

    public static function address(): string
    {
        return rest_url(self::SPACE . self::ROUTE);
    }

    /** @return true|\WP_Error */
    public function isSigned(\WP_REST_Request $request)
    {
        $key = $this->settings->key();
        $fits = $key !== null && Signature::fits(
            $key,
            (string) $request->get_header('webhook_id'),
            (string) $request->get_header('webhook_timestamp'),
            (string) $request->get_header('webhook_signature'),
            (string) $request->get_body(),
            time()
        );

        return $fits ? true : new \WP_Error(
            'wracaj_not_signed',
            'The signature does not fit this body and the key in the settings of Wracaj, or a clock is off.',
            ['status' => 401]
        );
    }

    public function answer(\WP_REST_Request $request): \WP_REST_Response
    {
        $body = json_decode((string) $request->get_body(), true);
        $asked = is_array($body) && is_array($body['data'] ?? null) ? $body['data'] : [];
        if (!is_array($body) || ($body['type'] ?? '') !== 'discount.requested') {
            return new \WP_REST_Response(['problem' => 'type must be discount.requested'], 422);
        }
        if (!class_exists('WC_Coupon')) {
            return new \WP_REST_Response(['problem' => 'WooCommerce is not active'], 503);
        }
        $this->followClock($body);
        try {
            $isNew = $this->coupons->create($asked);
        } catch (DiscountError $error) {
            return new \WP_REST_Response(['problem' => $error->getMessage()], $error->getCode() ?: 422);
        }

        return new \WP_REST_Response(['code' => $asked['code'], 'existed' => !$isNew], $isNew ? 201 : 200);
    }

    /**
     * Time of a Wracaj on this machine may have been skipped since its key was pasted. The request says
     * what its clock shows, and the coupon must be valid from now on.
     *
     * @param array<string, mixed> $body
     */
    private function followClock(array $body): void
    {
        $key = $this->settings->key();
        $shows = is_string($body['timestamp'] ?? null) ? strtotime($body['timestamp']) : false;
        if ($key !== null && $key->clock !== null && $shows !== false) {
            Clock::follow(['real' => microtime(true), 'shows' => (float) $shows] + $key->clock);
        }
    }
}

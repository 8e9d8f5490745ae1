<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * The checkbox for e-mails, never ticked in advance. Block checkout and account page: a field of
 * WooCommerce's own kind. Classic checkout, where such fields do not appear: one of ours.
 */
final class ConsentBox
{
    public const FIELD = 'wracaj/email-consent';
    public const FIELD_META = '_wc_other/wracaj/email-consent';
    public const INPUT = 'wracaj_consent';
    public const SHOWN = 'wracaj_consent_shown';

    /** @var Settings */
    private $settings;
    /** @var Visitor */
    private $visitor;
    /** @var bool */
    private $isShown = false;

    public function __construct(Settings $settings, Visitor $visitor)
    {
        $this->settings = $settings;
        $this->visitor = $visitor;
    }

    public function register(): void
    {
        Hooks::on('woocommerce_init', [$this, 'registerField'], 20);
        Hooks::on('woocommerce_get_default_value_for_' . self::FIELD, [$this, 'defaultValue'], 10, 3);
        Hooks::on('woocommerce_customer_get_' . self::FIELD_META, [$this, 'valueInAccount'], 10, 2);
        Hooks::on('shutdown', [$this, 'keepAsShown'], 9); // WooCommerce stores the session's customer at 10
        Hooks::on('woocommerce_after_checkout_billing_form', [$this, 'show']);
        Hooks::on('woocommerce_checkout_after_customer_details', [$this, 'show']);
    }

    public function registerField(): void
    {
        if (!$this->isAsked() || !function_exists('woocommerce_register_additional_checkout_field')) {
            return;
        }
        // Translated texts are there from `init` on, and WooCommerce takes fields from here on.
        $register = function (): void {
            $words = $this->settings->consentWords();
            woocommerce_register_additional_checkout_field([
                'id' => self::FIELD,
                'label' => $words,
                'optionalLabel' => $words,
                'location' => 'contact',
                'type' => 'checkbox',
                'required' => false,
                'show_in_order_confirmation' => false,
            ]);
        };
        did_action('init') || doing_action('init') ? $register() : add_action('init', $register);
    }

    /**
     * What the box shows where WooCommerce itself keeps no value: the customer's own decision.
     *
     * @param mixed $value
     * @param mixed $group
     * @param mixed $object
     * @return mixed
     */
    public function defaultValue($value, $group = '', $object = null)
    {
        $isOwn = $object instanceof \WC_Customer
            && (!$object->get_id() || (int) $object->get_id() === $this->visitor->userId());

        return $isOwn && $this->visitor->hasBoxTicked() ? '1' : $value;
    }

    /**
     * The account page stands for the account's own address, whatever was ticked for another one in
     * an order that is not finished.
     *
     * @param mixed $value
     * @param mixed $customer
     * @return mixed
     */
    public function valueInAccount($value, $customer = null)
    {
        $userId = $this->visitor->userId();
        $isOwn = $userId && $customer instanceof \WC_Customer && (int) $customer->get_id() === $userId;
        if (!$isOwn || !function_exists('is_account_page') || !is_account_page()) {
            return $value;
        }

        return Consent::isYes(Consent::ofUser($userId)) ? '1' : '0';
    }

    /**
     * WooCommerce keeps its field of the block checkout with the customer, for whatever address stood
     * in the form, and shows it in the next checkout. A box ticked that way would agree by itself.
     */
    public function keepAsShown(): void
    {
        $isHere = $this->isAsked() && $this->visitor->isHere() && WC()->customer instanceof \WC_Customer;
        if (!$isHere) {
            return;
        }
        $isTicked = $this->visitor->hasBoxTicked();
        if ((bool) WC()->customer->get_meta(self::FIELD_META, true, 'edit') !== $isTicked) {
            WC()->customer->update_meta_data(self::FIELD_META, $isTicked ? '1' : '0'); // of this visit
        }
        $userId = $this->visitor->userId();
        $agrees = Consent::isYes(Consent::ofUser($userId));
        if ($userId && (bool) get_user_meta($userId, self::FIELD_META, true) !== $agrees) {
            update_user_meta($userId, self::FIELD_META, $agrees ? '1' : '0');
        }
    }

    /** In the classic checkout: below the billing fields, or below all of them if a theme left those out. */
    public function show(): void
    {
        if (!$this->isAsked() || $this->isShown) {
            return;
        }
        $this->isShown = true;
        printf(
            '<p class="form-row form-row-wide wracaj-consent" id="wracaj_consent_field">'
            . '<label class="woocommerce-form__label woocommerce-form__label-for-checkbox checkbox">'
            . '<input type="hidden" name="%1$s" value="1">'
            . '<input type="checkbox" class="woocommerce-form__input woocommerce-form__input-checkbox'
            . ' input-checkbox" name="%2$s" id="%2$s" value="1"%3$s> <span>%4$s</span></label></p>',
            esc_attr(self::SHOWN),
            esc_attr(self::INPUT),
            checked($this->visitor->hasBoxTicked(), true, false),
            esc_html($this->settings->consentWords())
        );
    }

    private function isAsked(): bool
    {
        return $this->settings->isConnected() && $this->settings->asksConsent();
    }
}

<?php

namespace WracajModule;

/**
 * The module's page in the back office: the key, the choices, what waits and what was delivered.
 */
final class SettingsPage
{
    private const TEMPLATE = 'views/templates/admin/configure.tpl';
    private const SHOWN = 20;

    /** @var \Wracaj */
    private $module;
    /** @var App */
    private $app;
    /** @var \Context */
    private $context;
    /** @var int */
    private $shop;
    /** @var string HTML */
    private $told = '';

    public function __construct(\Wracaj $module, App $app, \Context $context)
    {
        $this->module = $module;
        $this->app = $app;
        $this->context = $context;
        $this->shop = (int) $context->shop->id;
    }

    public function show(): string
    {
        if (\Shop::isFeatureActive() && \Shop::getContext() !== \Shop::CONTEXT_SHOP) {
            return $this->module->displayWarning($this->l('Choose one shop above: each shop has its own key.'));
        }
        $forms = ['Key' => 'saveKey', 'Options' => 'saveOptions', 'Test' => 'test', 'Send' => 'send'];
        foreach ($forms as $name => $handle) {
            if (\Tools::isSubmit('submitWracaj' . $name)) {
                $this->$handle();
            }
        }
        $this->context->smarty->assign(['wracaj' => $this->facts()]);

        return $this->told . $this->context->smarty->fetch($this->module->getLocalPath() . self::TEMPLATE);
    }

    private function saveKey(): void
    {
        $pasted = \Tools::getValue('wracaj_key');
        $line = is_string($pasted) ? trim($pasted) : '';
        if ($line === '' && \Tools::getValue('wracaj_disconnect')) {
            Settings::set(Settings::KEY, '', $this->shop);
            $words = $this->l('The key is removed. Nothing is collected now.');
            $this->told .= $this->module->displayConfirmation($words);

            return;
        }
        try {
            $key = Key::read($line);
        } catch (KeyError $error) {
            $this->told .= $this->module->displayError($this->wordsOf($error));

            return;
        }
        Settings::set(Settings::KEY, Key::clean($line), $this->shop);
        $this->app->states->set($this->shop, States::PAUSED_UNTIL, 0);
        $this->told .= $this->module->displayConfirmation($this->l('The key is saved.'));
        $this->check($key);
    }

    private function wordsOf(KeyError $error): string
    {
        $words = [
            KeyError::NO_KEY => $this->l(
                'This is no key: it must begin with wracaj1. Copy the whole line that wracaj shop key prints.'
            ),
            KeyError::ONLY_SECRET => $this->l(
                'This is the secret alone. The key holds the address too: copy the line that wracaj shop key prints.'
            ),
            KeyError::NEWER => $this->l(
                'This key is for a newer version of the module. Update the module, then paste the key again.'
            ),
            KeyError::CUT => $this->l(
                'The key is incomplete. Copy the whole line that wracaj shop key prints, to its end.'
            ),
            KeyError::ADDRESS => $this->l(
                'The key names no address that begins with https://. Print it anew with wracaj shop key.'
            ),
            KeyError::SECRET => $this->l(
                'The key holds no usable secret. Print it anew with wracaj shop key.'
            ),
        ];

        return $words[$error->getMessage()] ?? $words[KeyError::NO_KEY];
    }

    private function saveOptions(): void
    {
        $states = array_filter(array_map('intval', (array) \Tools::getValue('wracaj_cancelled', [])));
        Settings::set(Settings::BOX, \Tools::getValue('wracaj_box') ? '1' : '0', $this->shop);
        Settings::set(Settings::BIRTHDAYS, \Tools::getValue('wracaj_birthdays') ? '1' : '0', $this->shop);
        Settings::set(Settings::CANCELLED, implode(',', $states), $this->shop);
        $this->told .= $this->module->displayConfirmation($this->l('The choices are saved.'));
    }

    private function test(): void
    {
        $key = Settings::key($this->shop);
        if ($key !== null) {
            $this->check($key);
        }
    }

    private function send(): void
    {
        $key = Settings::key($this->shop);
        if ($key === null) {
            return;
        }
        $this->app->states->set($this->shop, States::PAUSED_UNTIL, 0);
        $this->app->outbox->tryAllNow($this->shop);
        $taken = $this->app->sender->run($this->shop, $key, 100, 10.0);
        $this->told .= $this->module->displayConfirmation(sprintf($this->l('Delivered now: %d.'), $taken));
    }

    /**
     * Wracaj answers 200 to any signed event, also of a type that it does not use.
     */
    private function check(Key $key): void
    {
        $event = ['type' => 'connection.checked', 'timestamp' => Moments::now(), 'data' => ['schema' => 1]];
        $body = (string) json_encode($event);
        $id = 'msg_' . bin2hex(random_bytes(16));
        $answer = (new Http())->post($key->webhook, $body, Signature::headers($id, $body, $key->secret, time()));
        if ($answer->isTaken()) {
            $words = $this->l('Wracaj accepts the key: the shop is connected.');
            $this->told .= $this->module->displayConfirmation($words);
        } elseif ($answer->status === 401) {
            $this->told .= $this->module->displayError($this->l(
                'Wracaj does not accept the key. Print it anew with wracaj shop key, and check this server clock.'
            ));
        } else {
            $this->told .= $this->module->displayWarning(sprintf(
                $this->l('Wracaj did not answer as it should (%s). Events wait here and are sent later.'),
                htmlspecialchars($answer->status ? (string) $answer->status : $answer->detail, ENT_QUOTES, 'UTF-8')
            ));
        }
    }

    private function facts(): array
    {
        $key = Settings::key($this->shop);
        list($waiting, $oldest) = $this->app->outbox->waiting($this->shop);
        $paused = $this->app->states->get($this->shop, States::PAUSED_UNTIL);
        $cron = $this->app->states->get(0, States::CRON_AT);

        return [
            'is_connected' => $key !== null,
            'webhook' => $key ? $key->webhook : '',
            'shop' => $key ? $key->shop : '',
            'waiting' => $waiting,
            'oldest' => $oldest ? self::time($oldest) : '',
            'paused_until' => $paused > time() ? self::time($paused) : '',
            'cron_at' => $cron ? self::time($cron) : '',
            'cron_url' => $this->link('cron', ['token' => Settings::cronToken()]),
            'discount_url' => $this->link('discount', []),
            'host' => (string) parse_url($this->link('restore', []), PHP_URL_HOST),
            'box' => Settings::get(Settings::BOX, $this->shop) === '1',
            'birthdays' => Settings::get(Settings::BIRTHDAYS, $this->shop) === '1',
            'states' => $this->states(),
            'deliveries' => array_map(function (array $row): array {
                return ['at' => self::time((int) $row['at'])] + $row;
            }, $this->app->deliveries->last($this->shop, self::SHOWN)),
            'words' => $this->words(),
        ];
    }

    private function states(): array
    {
        $cancelled = Settings::cancelledStates($this->shop);

        return array_map(function (array $state) use ($cancelled): array {
            $id = (int) $state['id_order_state'];

            return ['id' => $id, 'name' => $state['name'], 'is_cancelled' => in_array($id, $cancelled, true)];
        }, \OrderState::getOrderStates((int) $this->context->language->id));
    }

    private function link(string $controller, array $parameters): string
    {
        return $this->context->link->getModuleLink('wracaj', $controller, $parameters, true, null, $this->shop);
    }

    private static function time(int $moment): string
    {
        return date('Y-m-d H:i:s', $moment);
    }

    private function words(): array
    {
        return [
            'connection' => $this->l('Connection'),
            'key' => $this->l('Key'),
            'key_help' => $this->l('The line that wracaj shop key prints. It holds a secret: it is not shown again.'),
            'connected' => $this->l('Connected'),
            'save_key' => $this->l('Save the key'),
            'disconnect' => $this->l('Remove the key'),
            'test' => $this->l('Check the connection'),
            'choices' => $this->l('Choices'),
            'box' => $this->l('Ask for consent with a box of its own when shoppers register or order as a guest'),
            'birthdays' => $this->l('Tell Wracaj of birthdays: only if customers gave theirs for greetings'),
            'cancelled' => $this->l('An order in one of these statuses does not count'),
            'save' => $this->l('Save'),
            'addresses' => $this->l('Addresses'),
            'cron' => $this->l('Cron: call this address every minute'),
            'cron_at' => $this->l('last called'),
            'cron_never' => $this->l(
                'Not called yet. Without cron, events leave after the pages of the shop or of the back office.'
            ),
            'discount' => $this->l('For the settings of the shop in Wracaj: discount_url'),
            'host' => $this->l('For the settings of the shop in Wracaj: recovery_hosts'),
            'deliveries' => $this->l('Last deliveries'),
            'waiting' => $this->l('Waiting'),
            'oldest' => $this->l('the oldest since'),
            'paused' => $this->l('next try'),
            'send' => $this->l('Deliver now'),
            'none' => $this->l('Nothing was delivered yet.'),
            'time' => $this->l('Time'),
            'type' => $this->l('Event'),
            'about' => $this->l('About'),
            'answer' => $this->l('Answer'),
            'no_answer' => $this->l('none'),
        ];
    }

    private function l(string $text): string
    {
        return $this->module->l($text, 'settingspage');
    }
}

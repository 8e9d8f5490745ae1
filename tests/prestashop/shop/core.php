<?php

/**
 * Stand-ins for the parts of PrestaShop that carry the module: settings, hooks, links, the context,
 * modules and their front controllers. As small as the documented behaviour allows.
 */

define('_PS_VERSION_', '9.0.3');
define('_DB_NAME_', 'shop');
define('_DB_PREFIX_', 'ps_');
define('_MYSQL_ENGINE_', 'InnoDB');
define('MODULE_FOLDER', dirname(__DIR__, 3) . '/integrations/prestashop/wracaj/');
date_default_timezone_set('Europe/Warsaw');

class PrestaShopException extends Exception
{
}

class PrestaShopLogger
{
    public static function addLog($message, $severity = 1, $code = null, $type = null, $id = null, $allow = false)
    {
        Db::getInstance()->insert('log', ['message' => pSQL($message)]);
    }
}

class Configuration
{
    public static function get($key, $idLang = null, $idShopGroup = null, $idShop = null, $default = false)
    {
        foreach ([(int) $idShop, 0] as $shop) {
            $found = Db::getInstance()->executeS(
                "SELECT `value` FROM `ps_configuration` WHERE `name` = '" . pSQL($key) . "' AND `id_shop` = $shop"
            );
            if ($found) {
                return $found[0]['value'];
            }
        }

        return $default;
    }

    public static function hasKey($key, $idLang = null, $idShopGroup = null, $idShop = null)
    {
        return (bool) Db::getInstance()->executeS(
            "SELECT `value` FROM `ps_configuration` WHERE `name` = '" . pSQL($key) . "'"
            . ' AND `id_shop` = ' . (int) $idShop
        );
    }

    public static function updateValue($key, $value, $html = false, $idShopGroup = null, $idShop = null)
    {
        $shop = (int) $idShop;
        Db::getInstance()->delete('configuration', "`name` = '" . pSQL($key) . "' AND `id_shop` = $shop");

        return Db::getInstance()->insert(
            'configuration',
            ['name' => pSQL($key), 'id_shop' => $shop, 'value' => pSQL((string) $value, true)]
        );
    }

    public static function getGlobalValue($key)
    {
        return self::get($key);
    }

    public static function updateGlobalValue($key, $value)
    {
        return self::updateValue($key, $value);
    }

    public static function deleteByName($key)
    {
        return Db::getInstance()->delete('configuration', "`name` = '" . pSQL($key) . "'");
    }
}

class Tools
{
    public static function getValue($key, $default = false)
    {
        return $_POST[$key] ?? $_GET[$key] ?? $default;
    }

    public static function isSubmit($key)
    {
        return isset($_POST[$key]) || isset($_GET[$key]);
    }

    public static function redirect($url)
    {
        header('Location: ' . $url);
        exit;
    }
}

class Validate
{
    public static function isLoadedObject($object)
    {
        return is_object($object) && $object->id;
    }

    public static function isEmail($email)
    {
        return (bool) filter_var($email, FILTER_VALIDATE_EMAIL);
    }
}

class Hook
{
    public static function exec($name, $params = [])
    {
        $registered = explode(',', (string) Configuration::get('TEST_HOOKS'));

        return in_array($name, $registered, true) ? wracaj()->{'hook' . ucfirst($name)}($params) : null;
    }
}

class Shop
{
    public const CONTEXT_SHOP = 1;
    public const CONTEXT_ALL = 4;
    /** @var int */
    public $id;
    /** @var int */
    public $id_shop_group = 1;

    public function __construct(int $id)
    {
        $this->id = $id;
    }

    public static function isFeatureActive(): bool
    {
        return count(self::getShops()) > 1;
    }

    public static function getContext(): int
    {
        return (int) Tools::getValue('all_shops') ? self::CONTEXT_ALL : self::CONTEXT_SHOP;
    }

    public static function getShops($active = true, $group = null, $asIds = false): array
    {
        return explode(',', (string) (Configuration::get('TEST_SHOPS') ?: '1'));
    }
}

class Link
{
    public function getModuleLink($module, $controller, array $params, $ssl, $idLang = null, $idShop = null)
    {
        $host = (int) $idShop === 2 ? 'drugi.example' : 'kubek.example';

        return "https://$host/module/$module/$controller" . ($params ? '?' . http_build_query($params) : '');
    }

    public function getPageLink($page, $ssl = null, $idLang = null, $request = [])
    {
        return "https://kubek.example/$page?" . http_build_query($request);
    }

    public function getProductLink($id, $alias, $category, $ean, $idLang, $idShop, $variant)
    {
        return "https://kubek.example/$id-$alias";
    }

    public function getImageLink($name, $id, $type = null)
    {
        return "https://kubek.example/$id-$type/$name.jpg";
    }
}

class ImageType
{
    public static function getFormattedName($name)
    {
        return $name . '_default';
    }
}

class Cookie
{
    /** @var int */
    public $id_cart = 0;

    public function write(): void
    {
        header('X-Cart: ' . (int) $this->id_cart);
    }
}

class Context
{
    /** @var Context */
    private static $instance;
    public $cart;
    public $customer;
    public $currency;
    public $language;
    public $shop;
    public $link;
    public $cookie;
    public $smarty;

    public static function getContext(): Context
    {
        return self::$instance = self::$instance ?? new self();
    }

    /** What FrontController::init does: the visitor's cart, or an empty one that is not stored. */
    public function visit(int $idCart, int $idCustomer, int $idShop, string $language): void
    {
        $this->shop = new Shop($idShop);
        $this->link = new Link();
        $this->cookie = new Cookie();
        $this->cookie->id_cart = $idCart;
        $this->language = new Language($language === 'pl' ? 1 : 2);
        $this->currency = new Currency(1);
        $this->customer = new Customer($idCustomer ?: null);
        $this->cart = new Cart($idCart ?: null);
        if (!$this->cart->id) {
            $this->cart->id_shop = $idShop;
            $this->cart->id_lang = $this->language->id;
            $this->cart->id_customer = $idCustomer;
        }
    }
}

class FormField
{
    public $name;
    public $type;
    public $label;
    public $value;

    public function setName($name)
    {
        $this->name = $name;

        return $this;
    }

    public function setType($type)
    {
        $this->type = $type;

        return $this;
    }

    public function setLabel($label)
    {
        $this->label = $label;

        return $this;
    }

    public function setValue($value)
    {
        $this->value = $value;

        return $this;
    }
}

class Module
{
    public $id = 7;
    public $name;
    public $tab;
    public $version;
    public $author;
    public $need_instance;
    public $bootstrap;
    public $ps_versions_compliancy;
    public $displayName;
    public $description;
    public $confirmUninstall;
    public $_errors = [];
    protected $context;

    public function __construct()
    {
        $this->context = Context::getContext();
    }

    public function install()
    {
        return true;
    }

    public function uninstall()
    {
        return Configuration::deleteByName('TEST_HOOKS');
    }

    public function registerHook($hooks)
    {
        foreach ($hooks as $hook) {
            if (!is_callable([$this, 'hook' . ucfirst($hook)])) {
                throw new PrestaShopException("$hook has no method");
            }
        }

        return Configuration::updateValue('TEST_HOOKS', implode(',', $hooks));
    }

    public function l($string, $specific = false)
    {
        global $_MODULE;
        $file = MODULE_FOLDER . 'translations/' . $this->context->language->iso_code . '.php';
        if (is_file($file)) {
            include $file;
        }
        $key = '<{wracaj}prestashop>' . strtolower($specific ?: 'wracaj') . '_' . md5($string);

        return htmlspecialchars($_MODULE[$key] ?? $string, ENT_COMPAT, 'UTF-8');
    }

    public function getLocalPath()
    {
        return MODULE_FOLDER;
    }

    public function displayError($text)
    {
        return "<div class=\"error\">$text</div>";
    }

    public function displayWarning($text)
    {
        return "<div class=\"warning\">$text</div>";
    }

    public function displayConfirmation($text)
    {
        return "<div class=\"success\">$text</div>";
    }
}

class ModuleFrontController
{
    public $module;
    public $context;
    public $errors = [];
    public $warning = [];
    public $success = [];
    public $info = [];

    public function __construct()
    {
        $this->module = wracaj();
        $this->context = Context::getContext();
    }

    public function run()
    {
        if (!Configuration::get('PS_SHOP_ENABLE', null, null, null, 1)) {
            $this->displayMaintenancePage();
        }
        $this->postProcess();
    }

    public function postProcess()
    {
    }

    public function redirectWithNotifications($url)
    {
        header('X-Told: ' . json_encode(['success' => $this->success, 'info' => $this->info]));
        Tools::redirect($url);
    }

    protected function displayMaintenancePage()
    {
        http_response_code(503);
        exit('maintenance');
    }

    protected function displayRestrictedCountryPage()
    {
        http_response_code(403);
        exit('not from your country');
    }
}

function wracaj(): Wracaj
{
    static $module = null;

    return $module = $module ?? new Wracaj();
}

<?php

namespace WracajModule;

/**
 * The pasted line is no key. The message is one of the constants; the settings page has its words.
 */
final class KeyError extends \InvalidArgumentException
{
    public const NO_KEY = 'no_key';
    public const ONLY_SECRET = 'only_secret';
    public const NEWER = 'newer';
    public const CUT = 'cut';
    public const ADDRESS = 'address';
    public const SECRET = 'secret';
}

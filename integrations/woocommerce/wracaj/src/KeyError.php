<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** What is wrong with a pasted key, in a sentence for the shop's owner. */
final class KeyError extends \RuntimeException
{
}

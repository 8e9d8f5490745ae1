<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Why a code cannot be made; 422 in the answer. */
final class DiscountError extends \RuntimeException
{
}

// Connects a Vendure shop to Wracaj: posts its carts and orders as generic webhooks, restores a cart
// by the link in a mail, and creates the codes that Wracaj asks for.
'use strict';

const { createHmac, randomUUID, timingSafeEqual } = require('node:crypto');
const { createServer } = require('node:http');
const {
    EventBus, Order, OrderEvent, OrderLineEvent, OrderPlacedEvent, OrderStateTransitionEvent, CouponCodeEvent,
    RefundEvent, TransactionalConnection,
} = require('@vendure/core');

const SOON = 100; // milliseconds, in which several events of one order become one message
const AGAIN = 1000; // milliseconds until a message that was not taken is sent again
const RELATIONS = { lines: { productVariant: true }, customer: true };

async function connect(app, asked) {
    const shop = new Shop(app, asked);
    shop.listen();
    await shop.serve(asked.pluginPort);
}

class Shop {
    constructor(app, { port, webhook, secret, public: address }) {
        this.bus = app.get(EventBus);
        this.orders = app.get(TransactionalConnection).rawConnection.getRepository(Order);
        this.api = `http://127.0.0.1:${port}`;
        this.webhook = webhook;
        this.key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
        this.address = address;
        this.waiting = new Map(); // order → what to say of it soon
        this.said = new Map(); // order → when its shopper said yes
        this.queue = Promise.resolve();
        this.codes = Promise.resolve();
    }

    // What happens in the shop

    listen() {
        for (const event of [OrderEvent, OrderLineEvent]) {
            this.bus.ofType(event).subscribe(({ order }) => this.changed(order.id));
        }
        this.bus.ofType(CouponCodeEvent).subscribe(({ orderId }) => this.changed(orderId));
        this.bus.ofType(OrderPlacedEvent).subscribe(({ order }) => this.soon(order.id, 'order.created'));
        this.bus.ofType(OrderStateTransitionEvent).subscribe(({ order, toState }) => {
            if (toState === 'PaymentSettled') this.soon(order.id, 'order.paid');
            if (toState === 'Cancelled') this.soon(order.id, 'order.cancelled');
        });
        this.bus.ofType(RefundEvent).subscribe(({ order, refund }) => this.refunded(order, refund));
    }

    changed(id) {
        if (!this.waiting.has(id)) this.soon(id, 'checkout.updated');
    }

    soon(id, type) {
        const types = this.waiting.get(id);
        if (types) {
            types.add(type);
            return;
        }
        this.waiting.set(id, new Set([type]));
        setTimeout(() => {
            const told = this.waiting.get(id);
            this.waiting.delete(id);
            this.queue = this.queue.then(() => this.tell(id, told)).catch(error => console.error(error));
        }, SOON);
    }

    async tell(id, types) {
        const order = await this.orders.findOne({ where: { id }, relations: RELATIONS });
        if (!order) return;
        await this.named(order);
        for (const type of types) {
            const isCart = type === 'checkout.updated';
            if (isCart && !order.active) continue;
            await this.post(type, isCart ? this.cart(order) : this.bought(order));
        }
    }

    async refunded(order, refund) {
        this.queue = this.queue.then(() => this.post('refund.created', {
            schema: 1, order_id: order.code, refund_id: String(refund.id),
            amount: money(refund.total), currency: order.currencyCode, updated_at: new Date().toISOString(),
        }));
    }

    /** Gives the order a random id for Wracaj and one for the link, which is kept here alone. */
    async named(order) {
        if (!order.customFields.wracajCart) {
            order.customFields.wracajCart = randomUUID();
            order.customFields.wracajToken = randomUUID();
            await this.orders.update(order.id, { customFields: order.customFields });
        }
        if (order.customFields.wantsMail && !this.said.has(order.id)) this.said.set(order.id, new Date().toISOString());
    }

    // What is told of it

    cart(order) {
        const yes = this.said.get(order.id);
        return {
            schema: 1,
            cart_id: order.customFields.wracajCart,
            customer: this.customer(order),
            consent: yes ? { email: { state: 'subscribed', updated_at: yes, source: 'checkout' } } : {},
            currency: order.currencyCode,
            total: money(order.totalWithTax),
            recovery_url: `${this.address}/restore?wracaj=${order.customFields.wracajToken}`,
            items: this.items(order),
            created_at: order.createdAt.toISOString(),
            updated_at: new Date().toISOString(),
        };
    }

    bought(order) {
        return {
            schema: 1,
            order_id: order.code,
            cart_id: order.customFields.wracajCart,
            customer: this.customer(order),
            currency: order.currencyCode,
            total: money(order.totalWithTax),
            discount_codes: order.couponCodes,
            items: this.items(order),
            created_at: (order.orderPlacedAt || order.createdAt).toISOString(),
            updated_at: new Date().toISOString(),
        };
    }

    customer(order) {
        const { customer } = order;
        return { id: null, email: customer ? customer.emailAddress : null };
    }

    items(order) {
        return order.lines.filter(line => line.quantity > 0).map(line => ({
            product_id: String(line.productVariant.productId),
            variant_id: String(line.productVariant.id),
            title: line.productVariant.sku,
            quantity: line.quantity,
            unit_price: money(line.unitPriceWithTax),
        }));
    }

    async post(type, data) {
        const body = JSON.stringify({ type, timestamp: data.updated_at, data });
        const id = `msg_${randomUUID()}`;
        for (;;) {
            const answer = await fetch(this.webhook, { method: 'POST', body, headers: this.signed(id, body) }).catch(() => null);
            if (answer && answer.status < 500 && answer.status !== 429) {
                console.log(`${type} ${answer.status} ${await answer.text()}`);
                return;
            }
            await new Promise(done => setTimeout(done, AGAIN));
        }
    }

    signed(id, body, at = String(Math.floor(Date.now() / 1000))) {
        return {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': at,
            'webhook-signature': `v1,${createHmac('sha256', this.key).update(`${id}.${at}.${body}`).digest('base64')}`,
        };
    }

    // What is asked of it

    serve(port) {
        const server = createServer((request, response) => {
            this.answer(request).then(({ status, body = {} }) => {
                response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
            }).catch(error => {
                console.error(error);
                response.writeHead(500).end();
            });
        });
        return new Promise(ready => server.listen(port, '127.0.0.1', ready));
    }

    async answer(request) {
        const url = new URL(request.url, this.address);
        if (request.method === 'POST' && url.pathname === '/codes') return this.code(request);
        if (request.method === 'GET' && url.pathname === '/restore') return this.restored(url.searchParams);
        return { status: 404 };
    }

    /** Copies the cart into a new one of whoever holds the link. Nobody is logged in. */
    async restored(asked) {
        const token = asked.get('wracaj');
        const old = token && (await this.orders.findOne({ where: { customFields: { wracajToken: token } }, relations: RELATIONS }));
        if (!old || !old.active) return { status: 404 };
        const visitor = new Api(`${this.api}/shop-api`);
        for (const line of old.lines) {
            await visitor.ask(
                'mutation ($id: ID!, $n: Int!) { addItemToOrder(productVariantId: $id, quantity: $n) { __typename } }',
                { id: line.productVariant.id, n: line.quantity },
            );
        }
        const coupon = asked.get('coupon');
        if (coupon) await visitor.ask('mutation ($c: String!) { applyCouponCode(couponCode: $c) { __typename } }', { c: coupon });
        const { activeOrder } = await visitor.ask('{ activeOrder { id code } }');
        await this.orders.update(activeOrder.id, { customFields: { wracajCart: old.customFields.wracajCart, wracajToken: randomUUID() } });
        return { status: 200, body: { token: visitor.token, order: activeOrder.code } };
    }

    /** Vendure takes one code for two promotions, so it is asked first whether there is one. */
    async code(request) {
        const body = await text(request);
        if (!this.isSigned(request.headers, body)) return { status: 401 };
        const { code, kind, percent, expires_at, usage_limit, minimum_total } = JSON.parse(body).data;
        if (kind !== 'percent') return { status: 422 };
        return this.oneByOne(() => this.promotion({ code, percent, expires_at, usage_limit, minimum_total }));
    }

    /** Two requests for one code at the same moment would both find none. */
    oneByOne(action) {
        const answer = this.codes.then(action);
        this.codes = answer.catch(() => undefined);
        return answer;
    }

    async promotion({ code, percent, expires_at, usage_limit, minimum_total }) {
        const owner = new Api(`${this.api}/admin-api`);
        await owner.ask('mutation { login(username: "owner", password: "owner") { __typename } }');
        const known = await owner.ask('query ($c: String!) { promotions(options: {filter: {couponCode: {eq: $c}}}) { totalItems } }', { c: code });
        if (known.promotions.totalItems) return { status: 409 };
        const conditions = minimum_total
            ? [{ code: 'minimum_order_amount', arguments: [
                { name: 'amount', value: String(Math.round(Number(minimum_total) * 100)) }, { name: 'taxInclusive', value: 'true' }] }]
            : [];
        const input = {
            enabled: true, couponCode: code, usageLimit: usage_limit, endsAt: expires_at, conditions,
            actions: [{ code: 'order_percentage_discount', arguments: [{ name: 'discount', value: String(percent) }] }],
            translations: [{ languageCode: 'en', name: code, description: '' }],
        };
        await owner.ask('mutation ($i: CreatePromotionInput!) { createPromotion(input: $i) { __typename ... on MissingConditionsError { message } } }', { i: input });
        return { status: 201 };
    }

    isSigned(headers, body) {
        const expected = Buffer.from(this.signed(headers['webhook-id'], body, headers['webhook-timestamp'])['webhook-signature']);
        const given = Buffer.from(headers['webhook-signature'] || '');
        return expected.length === given.length && timingSafeEqual(expected, given);
    }
}

/** One visitor of a GraphQL API of the shop. */
class Api {
    constructor(url) {
        this.url = url;
        this.token = null;
    }

    async ask(query, variables = {}) {
        const headers = { 'content-type': 'application/json', ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) };
        const answer = await fetch(this.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
        this.token = answer.headers.get('vendure-auth-token') || this.token;
        const { data, errors } = await answer.json();
        if (errors) throw new Error(JSON.stringify(errors));
        return data;
    }
}

function money(minorUnits) {
    return (minorUnits / 100).toFixed(2);
}

async function text(request) {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts).toString();
}

module.exports = { connect };

// A Vendure shop on loopback, with the small plugin that connects it to Wracaj (wracaj.js).
//
//   node shop.js '{"port": 3050, "pluginPort": 3051, "folder": "/tmp/shop", "webhook": "http://…", "secret": "whsec_…", "public": "https://vendure.example"}'
//
// It prints "ready" once it answers. The shop's own APIs are at /shop-api and /admin-api of `port`;
// the plugin answers /restore and
// /codes on `pluginPort`.
'use strict';

const { LogLevel, DefaultLogger, bootstrap, dummyPaymentHandler, mergeConfig, defaultConfig } = require('@vendure/core');
const { connect } = require('./wracaj.js');

const asked = JSON.parse(process.argv[2]);

const config = mergeConfig(defaultConfig, {
    apiOptions: { hostname: '127.0.0.1', port: asked.port, shopApiPath: 'shop-api', adminApiPath: 'admin-api' },
    authOptions: {
        tokenMethod: 'bearer',
        superadminCredentials: { identifier: 'owner', password: 'owner' },
    },
    dbConnectionOptions: { type: 'better-sqlite3', synchronize: true, database: `${asked.folder}/shop.sqlite` },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    customFields: {
        Order: [
            { name: 'wracajCart', type: 'string', nullable: true, public: false },
            { name: 'wracajToken', type: 'string', nullable: true, public: false },
            { name: 'wantsMail', type: 'boolean', nullable: true, public: true },
        ],
    },
});

(async () => {
    const app = await bootstrap(config);
    await connect(app, asked);
    console.log('ready');
})();

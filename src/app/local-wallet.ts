import type { WalletService } from '../contract/wallet-service';
import type { Dependencies } from './dependencies';

const usage = once(() => import('./usage'));

/**
 * The wallet in process. Each use case is loaded, and each noun made, when it is first asked for, so that a balance
 * costs no more than a balance; `import()` of the same file twice loads it once.
 */
export function createLocalWallet(deps: Dependencies): WalletService {
  return {
    get organisation(): WalletService['organisation'] {
      return {
        init: async (request) => (await import('./init')).init(deps, request),
        status: async () => (await import('./organisation')).status(deps),
        show: async () => (await import('./organisation')).showOrganisation(deps),
        list: async () => (await import('./organisation')).listOrganisations(deps),
      };
    },
    get credit(): WalletService['credit'] {
      return {
        balance: async () => (await import('./balance')).balance(deps),
        adjust: async (request) => (await import('./credit')).adjust(deps, request),
        addGrant: async (request) => (await import('./credit')).addGrant(deps, request),
        listGrants: async (request) => (await import('./credit')).listGrants(deps, request),
        voidGrant: async (request) => (await import('./credit')).voidGrant(deps, request),
      };
    },
    get purchases(): WalletService['purchases'] {
      return {
        buy: async (request) => (await import('./purchases')).buy(deps, request),
        list: async (request) => (await import('./purchases')).listPurchases(deps, request),
        show: async (request) => (await import('./purchases')).showPurchase(deps, request),
        receipt: async (request) => (await import('./receipts')).showReceipt(deps, request),
        sendReceipt: async (request) => (await import('./receipt-mail')).sendReceipt(deps, request),
        cancel: async (request) => (await import('./purchase-resolution')).cancelPurchase(deps, request),
        resolve: async (request) => (await import('./purchase-resolution')).resolvePurchase(deps, request),
        refund: async (request) => (await import('./refunds')).refundPurchase(deps, request),
        reconcile: async (request) => (await import('./purchases')).reconcile(deps, request),
      };
    },
    get recharge(): WalletService['recharge'] {
      return {
        set: async (request) => (await import('./recharge')).setRule(deps, request),
        show: async () => (await import('./recharge')).showRule(deps),
        on: async (request) => (await import('./recharge')).switchOn(deps, request),
        off: async (request) => (await import('./recharge')).switchOff(deps, request),
        check: async (request) => (await import('./recharge-check')).check(deps, request),
        history: async (request) => (await import('./recharge')).listTopUps(deps, request),
        trace: async (request) => (await import('./recharge')).traceRule(deps, request),
        simulate: async (request) => (await import('./recharge-simulation')).simulateRule(deps, request),
      };
    },
    get cron(): WalletService['cron'] {
      return {
        run: async (request) => (await import('./cron')).tick(deps, request),
      };
    },
    get alerts(): WalletService['alerts'] {
      return {
        addLowBalance: async (request) => (await import('./alerts')).addLowBalance(deps, request),
        addSpend: async (request) => (await import('./alerts')).addSpend(deps, request),
        route: async (request) => (await import('./alerts')).routeAlert(deps, request),
        list: async () => (await import('./alerts')).listAlerts(deps),
        remove: async (request) => (await import('./alerts')).removeAlert(deps, request),
        test: async (request) => (await import('./alerts')).testAlert(deps, request),
        retry: async (request) => (await import('./delivery-retry')).retryDeliveries(deps, request),
        history: async (request) => (await import('./alerts')).listNotices(deps, request),
        check: async (request) => (await import('./alert-check')).checkAlerts(deps, request),
      };
    },
    get cards(): WalletService['cards'] {
      return {
        add: async (request) => (await import('./cards')).addCard(deps, request),
        list: async () => (await import('./cards')).listCards(deps),
        show: async (request) => (await import('./cards')).showCard(deps, request),
        edit: async (request) => (await import('./cards')).editCard(deps, request),
        assign: async (request) => (await import('./cards')).assignCard(deps, request),
        remove: async (request) => (await import('./card-removal')).removeCard(deps, request),
        setup: async (request) => (await import('./card-setup')).startCardSetup(deps, request),
        sync: async (request) => (await import('./card-setup')).syncCards(deps, request),
      };
    },
    get billing(): WalletService['billing'] {
      return {
        set: async (request) => (await import('./billing')).setBilling(deps, request),
        show: async () => (await import('./billing')).showBilling(deps),
        off: async (request) => (await import('./billing')).switchBillingOff(deps, request),
        portal: async () => (await import('./billing')).openPortal(deps),
      };
    },
    get catalogue(): WalletService['catalogue'] {
      return {
        addService: async (request) => (await import('./services')).addService(deps, request),
        setService: async (request) => (await import('./services')).setService(deps, request),
        listServices: async () => (await import('./services')).listServices(deps),
        showService: async (request) => (await import('./services')).showService(deps, request),
        addApp: async (request) => (await import('./apps')).addApp(deps, request),
        listApps: async () => (await import('./apps')).listApps(deps),
        showApp: async (request) => (await import('./apps')).showApp(deps, request),
        limitApp: async (request) => (await import('./apps')).limitApp(deps, request),
        archiveApp: async (request) => (await import('./apps')).archiveApp(deps, request),
      };
    },
    get usage(): WalletService['usage'] {
      return {
        record: (request) => usage(({ recordUsage }) => recordUsage(deps, request)),
        postBatch: async (request) => (await import('./usage-batch')).postBatch(deps, request),
        reverse: async (request) => (await import('./reversal')).reverse(deps, request),
        afford: async (request) => (await import('./job')).afford(deps, request),
      };
    },
    get holds(): WalletService['holds'] {
      return {
        create: async (request) => (await import('./holds')).createHold(deps, request),
        capture: async (request) => (await import('./holds')).capture(deps, request),
        release: async (request) => (await import('./holds')).release(deps, request),
        show: async (request) => (await import('./holds')).showHold(deps, request),
        list: async (request) => (await import('./holds')).listHolds(deps, request),
      };
    },
    get transactions(): WalletService['transactions'] {
      return {
        list: async (query) => (await import('./transactions')).listTransactions(deps, query),
        csv: async (query) => (await import('./transactions')).csvOfTransactions(deps, query),
        totals: async (filter) => (await import('./transactions')).totalsOfTransactions(deps, filter),
        explain: async (request) => (await import('./explain')).explain(deps, request),
      };
    },
    get reports(): WalletService['reports'] {
      return {
        usage: async (request) => (await import('./usage-report')).reportUsage(deps, request),
        statement: async (request) => (await import('./statement-report')).reportStatement(deps, request),
        allStatements: async (request) => (await import('./statement-report')).reportAllStatements(deps, request),
        forecast: async (request) => (await import('./forecast')).reportForecast(deps, request),
        upcoming: async (request) => (await import('./upcoming')).listUpcoming(deps, request),
        journal: async (request) => (await import('./journal-export')).exportJournal(deps, request),
        costPerLead: async (request) => (await import('./leads')).reportCostPerLead(deps, request),
      };
    },
    get invoices(): WalletService['invoices'] {
      return {
        run: async (request) => (await import('./invoices')).runInvoices(deps, request),
        pay: async (request) => (await import('./invoices')).payInvoice(deps, request),
        list: async () => (await import('./invoices')).listInvoices(deps),
        show: async (request) => (await import('./invoices')).showInvoice(deps, request),
      };
    },
    get plans(): WalletService['plans'] {
      return {
        show: async (request) => (await import('./plans')).showPlan(deps, request),
        apply: async (request) => (await import('./plans')).applyPlan(deps, request),
      };
    },
    get periods(): WalletService['periods'] {
      return {
        close: async (request) => (await import('./periods')).closePeriod(deps, request),
        list: async () => (await import('./periods')).listPeriods(deps),
      };
    },
    get leads(): WalletService['leads'] {
      return {
        record: async (request) => (await import('./leads')).recordLeads(deps, request),
        import: async (request) => (await import('./leads')).importLeads(deps, request),
      };
    },
    get access(): WalletService['access'] {
      return {
        createToken: async (request) => (await import('./tokens')).createToken(deps, request),
        listTokens: async () => (await import('./tokens')).listTokens(deps),
        revokeToken: async (request) => (await import('./tokens')).revokeToken(deps, request),
        addUser: async (request) => (await import('./users')).addUser(deps, request),
        listUsers: async () => (await import('./users')).listUsers(deps),
        setRole: async (request) => (await import('./users')).setRole(deps, request),
        removeUser: async (request) => (await import('./users')).removeUser(deps, request),
      };
    },
    get audit(): WalletService['audit'] {
      return {
        list: async (request) => (await import('./audit')).listAudit(deps, request),
        verify: async (request) => (await import('./verify')).verify(deps, request),
      };
    },
    close: async () => deps.close(),
  };
}

/** For what is asked for a thousand times a second: even a module that is loaded has to be looked up. */
function once<Module>(load: () => Promise<Module>) {
  let loaded: Module | undefined;
  return async <T>(use: (module: Module) => Promise<T>): Promise<T> => {
    loaded ??= await load();
    return await use(loaded);
  };
}

import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { violations } from '../../harness/violations.ts';
import {
  alive,
  deadline,
  focused,
  openPage,
  openPagesRig,
  type PagesRig,
  shoot,
  shows,
} from './pages-rig.ts';
import { ask, password } from './shop.ts';

const test = suite<{ rig: PagesRig }>('the pages');
test.before(async (context) => {
  context.rig = await openPagesRig();
});
test.after(({ rig }) => rig?.close());

const fits = 'document.documentElement.scrollWidth <= innerWidth';

/** Looks at a page as it is now, in both of its lights. */
async function judge(page: Page, name: string): Promise<void> {
  // Between two pages there is none for a moment.
  await until(async () => (await page.title()) !== '', { deadline, what: `a title of ${name}` });
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without motion: a colour that is on its way is none of either.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.equal(await violations(page), [], `${name}, ${colorScheme}`);
    await shoot(page, `${name}-${colorScheme}`);
  }
  assert.ok(await page.evaluate<boolean>(fits), `${name} does not scroll sideways`);
  await page.emulateMedia({ colorScheme: 'light' });
}

const kitchenOf = async ({ shop, backend }: PagesRig, slug: string) => {
  const [row] = await shop.query<{ id: number }>('SELECT id FROM restaurants WHERE slug = $1', [slug]);
  return shop.person(backend, 'kitchen', row?.id ?? 0);
};

async function logIn(page: Page, email: string): Promise<void> {
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', password);
  await page.click('main button[type=submit]');
}

for (const [size, viewport] of [
  ['phone', { width: 360, height: 740 }],
  ['desktop', { width: 1280, height: 800 }],
] as const) {
  test(`${size}: from a search to the door, and every page on the way is accessible`, async ({ rig }) => {
    const kitchen = await kitchenOf(rig, 'golden-wok');
    const courier = await rig.shop.person(rig.backend, 'courier');
    await using guest = await openPage(rig, '/', { viewport });
    const { page } = guest;
    await judge(page, `${size}-home`);
    await page.fill('input[name=q]', 'tofu');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=tofu/);
    await alive(page);
    await shows(page, 'main h1', /tofu/);
    await judge(page, `${size}-search`);
    await page.click('main a:text("Golden Wok")');
    await shows(page, 'main h1', /^Golden Wok$/);
    await page.click('button[aria-label="Add Mapo tofu"]');
    await page.click('button[aria-label="One Mapo tofu more"]');
    await page.click('button[aria-label="Add Spring rolls"]');
    await judge(page, `${size}-menu`);
    await page.click('nav a:has-text(", 3 dishes")');
    await shows(page, '.total', /€28\.50/);
    await judge(page, `${size}-cart`);
    await page.click('a:text("To the checkout")');
    await shows(page, 'main .panel', /Log in to order/);
    await page.click('main a:text("Make an account")');
    await page.click('main button[type=submit]');
    await shows(page, '.fault', /name@example\.com/);
    await judge(page, `${size}-sign-up-wrong`);
    await page.fill('input[name=name]', 'Ada');
    await page.fill('input[name=email]', `ada-${size}@example.org`);
    await page.fill('input[name=password]', password);
    await page.click('main button[type=submit]');
    await shows(page, 'main h2', /What you order/);
    await page.fill('textarea[name=address]', '1 Main Street\n2nd floor');
    await page.fill('textarea[name=note]', 'Not too hot, please');
    await judge(page, `${size}-checkout`);

    await using cook = await openPage(rig, '/board', { viewport });
    await shows(cook.page, 'main', /Log in with the account/);
    await judge(cook.page, `${size}-board-guest`);
    await cook.page.click('main a:text("Log in")');
    await shows(cook.page, 'main h1', /Welcome back/);
    await judge(cook.page, `${size}-log-in`);
    await logIn(cook.page, kitchen.email);
    await shows(cook.page, '.live', /^Live$/);
    await cook.page.evaluate('window.sameBoard = true');

    await page.click('main button[type=submit]');
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
    await shows(page, '#where', /^Placed$/);
    await shows(page, '.live', /^Live$/);
    // The board has it by itself.
    await shows(cook.page, '[data-column=placed] .card', /2 × Mapo tofu.*Not too hot/);
    await judge(cook.page, `${size}-board`);
    await shows(cook.page, '.for-ears[role=status]', /New: order/);
    await judge(page, `${size}-order`);
    const step = async (by: Page, word: string, then: RegExp) => {
      await by.click(`.card button:text("${word}")`);
      await shows(page, '#where', then);
    };
    await step(cook.page, 'Accept', /^Accepted$/);
    await step(cook.page, 'Start cooking', /^In the kitchen$/);
    await judge(page, `${size}-order-cooking`);
    await step(cook.page, 'It is ready', /^Ready$/);
    assert.is(await cook.page.evaluate('window.sameBoard'), true, 'the board was never loaded again');
    await using rider = await openPage(rig, '/log-in', { viewport });
    await logIn(rider.page, courier.email);
    await shows(rider.page, '[data-column=ready] .card', /1 Main Street/);
    await judge(rider.page, `${size}-courier`);
    await step(rider.page, 'Take it', /^On its way$/);
    await step(rider.page, 'Delivered', /^Delivered$/);
    await shows(page, '.for-ears[role=status]', /Enjoy your meal/);
    await page.click('nav a:text("Orders")');
    await shows(page, '.orders', /Golden Wok.*Delivered/);
    await judge(page, `${size}-orders`);
    await page.click('nav button:text("Log out")');
    await shows(page, 'nav', /Log in/);
    await page.goto(`${rig.pages.url}/nothing-here`);
    await judge(page, `${size}-not-found`);
    for (const { noise } of [guest, cook, rider])
      assert.equal(
        noise.filter((line) => !line.includes('404 (Not Found)')),
        [],
        'nothing is refused by the policy, and nobody else is asked',
      );
  });
}

test('by keyboard alone: searched, put into the cart, ordered', async ({ rig }) => {
  const person = await rig.shop.person(rig.backend);
  await using opened = await openPage(rig);
  const { page } = opened;
  const key = (name: string) => page.keyboard.press(name);
  const tabTo = async (what: RegExp) => {
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await key('Tab');
      if (what.test(await focused(page))) return;
    }
    throw new Error(`no tab leads to ${what}; the last was ${await focused(page)}`);
  };
  await key('Tab');
  assert.is(await focused(page), 'To the content');
  await key('Enter');
  await tabTo(/^q$/);
  await page.keyboard.type('dosa');
  await key('Enter');
  await page.waitForURL(/q=dosa/);
  await alive(page);
  await tabTo(/^Add Masala dosa$/);
  await key('Enter');
  await shows(page, '.for-ears[role=status]', /Masala dosa is in your cart/);
  await page.reload();
  await alive(page);
  await tabTo(/^Cart.*1 dish$/);
  await key('Enter');
  await shows(page, 'main h1', /Your cart/);
  await until(async () => (await focused(page)) === 'Your cart', { deadline, what: 'the new page' });
  await shows(page, '.total', /€8\.90/);
  await tabTo(/^To the checkout$/);
  await key('Enter');
  await shows(page, 'main', /Log in to order/);
  await until(async () => (await focused(page)) === 'Checkout', { deadline, what: 'the checkout' });
  await tabTo(/^Log in$/);
  await key('Enter');
  await shows(page, 'main h1', /Welcome back/);
  await until(async () => (await focused(page)) === 'Welcome back', { deadline, what: 'the form' });
  await tabTo(/^email$/);
  await page.keyboard.type(person.email);
  await tabTo(/^password$/);
  await page.keyboard.type('this is not it');
  await key('Enter');
  await shows(page, '[role=alert].box', /is wrong/);
  await until(async () => /is wrong/.test(await focused(page)), { deadline, what: 'the alert' });
  await tabTo(/^password$/);
  await key('Control+a');
  await page.keyboard.type(password);
  await key('Enter');
  await shows(page, 'main h2', /What you order/);
  await tabTo(/^Order for €8\.90$/);
  await key('Enter');
  await until(async () => (await focused(page)) === 'address', { deadline, what: 'what lacks' });
  await page.keyboard.type('5 Side Street');
  await tabTo(/^Order for €8\.90$/);
  await key('Enter');
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  await until(async () => (await focused(page)) === 'Your order', { deadline, what: 'the order' });
  await shows(page, '#where', /^Placed$/);
  await tabTo(/^Cancel the order$/);
  await key('Enter');
  await shows(page, '#where', /^Cancelled$/);
});

test('an order whose answer is lost is placed once, after a reload and two presses', async ({ rig }) => {
  const { shop, backend } = rig;
  const person = await shop.person(backend);
  await using opened = await openPage(rig, '/log-in?next=/restaurants/casa-marina');
  const { page } = opened;
  await logIn(page, person.email);
  await page.click('button[aria-label="Add Margherita"]');
  await page.click('nav a:has-text(", 1 dish")');
  await page.click('a:text("To the checkout")');
  await page.fill('textarea[name=address]', '7 Long Road');
  await page.route('**/api/orders', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.click('main button[type=submit]');
  await shows(page, '.fault.box', /we do not know yet/);
  await shoot(page, 'desktop-unknown-light');
  assert.equal(await violations(page), []);
  await page.unroute('**/api/orders');
  await page.reload();
  await alive(page);
  await shows(page, 'main h2', /An order is under way/);
  await page.dblclick('button:text("Send it again")');
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  const { body } = await ask(backend, 'GET', '/api/orders', { token: person.token });
  assert.is(body.orders.length, 1);
});

test('what the shop refuses is told in words, and prices are its own', async ({ rig }) => {
  const { shop, backend } = rig;
  const person = await shop.person(backend);
  await using opened = await openPage(rig, '/log-in?next=/restaurants/maha-kitchen');
  const { page } = opened;
  await logIn(page, person.email);
  await page.click('button[aria-label="Add Payasam"]');
  await page.click('nav a:has-text(", 1 dish")');
  await page.click('a:text("To the checkout")');
  await page.fill('textarea[name=address]', '7 Long Road');
  await shop.query("UPDATE dishes SET price_cents = 777 WHERE name = 'Payasam'");
  await page.click('main button[type=submit]');
  await shows(page, '.fault.box', /it is €7\.77 now/);
  await shows(page, 'main button[type=submit]', /Order for €7\.77/);
  await shop.query("UPDATE dishes SET stock = 0 WHERE name = 'Payasam'");
  await page.click('main button[type=submit]');
  await shows(page, '.fault.box', /Payasam is sold out/);
  assert.is(await page.inputValue('textarea[name=address]'), '7 Long Road', 'nothing typed is lost');
});

test('a reload keeps somebody logged in, two tabs do not end the session, and no script sees a token', async ({
  rig,
}) => {
  const person = await rig.shop.person(rig.backend);
  await using opened = await openPage(rig, '/log-in?next=/orders');
  const { page } = opened;
  await logIn(page, person.email);
  await shows(page, 'main', /not ordered yet/);
  const other = await page.context().newPage();
  await Promise.all([page.reload(), other.goto(`${rig.pages.url}/orders`)]);
  for (const one of [page, other]) await shows(one, 'main', /not ordered yet/);
  const kept = await page.evaluate<string>(
    'document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)',
  );
  assert.not.match(kept, /eyJ|feastflow_refresh/);
  await page.click('nav button:text("Log out")');
  await shows(other, 'main', /Log in to see your orders/);
});

test.run();

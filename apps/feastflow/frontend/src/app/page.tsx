import type { Metadata } from 'next';
import Link from 'next/link';
import { AddButton } from '../parts/add-button.tsx';
import { Away } from '../parts/away.tsx';
import { Picture } from '../parts/picture.tsx';
import { askBackend } from '../shop/ask-backend.ts';
import type { FoundDish, Restaurant } from '../shop/types.ts';
import { count, money } from '../shop/words.ts';

interface HomeProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

const one = (value: string | string[] | undefined) => [value].flat()[0] ?? '';

async function wantedOf({ searchParams }: HomeProps) {
  const { q, vegetarian } = await searchParams;
  return { q: one(q).trim().slice(0, 100), vegetarian: one(vegetarian) === 'true' };
}

export async function generateMetadata(props: HomeProps): Promise<Metadata> {
  const { q } = await wantedOf(props);
  return { title: { absolute: q === '' ? 'FeastFlow: good food nearby' : `${q} · FeastFlow` } };
}

export default async function Home(props: HomeProps) {
  const { q, vegetarian } = await wantedOf(props);
  const query = encodeURIComponent(q);
  const only = vegetarian ? '&vegetarian=true' : '';
  const [restaurants, dishes, all] = await Promise.all([
    askBackend(`/api/restaurants?q=${query}`),
    q === '' ? undefined : askBackend(`/api/dishes?q=${query}${only}`),
    askBackend('/api/restaurants?q='),
  ]);
  if ([restaurants, dishes, all].some((asked) => asked?.kind === 'away')) return <Away />;
  const listOf = (asked: typeof restaurants) =>
    asked.kind === 'here' ? (asked.value as { restaurants: readonly Restaurant[] }).restaurants : [];
  const found = listOf(restaurants);
  const names = new Map(listOf(all).map(({ slug, name }) => [slug, name]));
  const foundDishes =
    dishes?.kind === 'here' ? (dishes.value as { dishes: readonly FoundDish[] }).dishes : [];
  return (
    <>
      <section className="hero">
        <h1>{q === '' ? 'What would you like to eat?' : `Found for “${q}”`}</h1>
        <search>
          <form action="/" method="get" className="search">
            <label className="for-ears" htmlFor="q">
              A dish, a kitchen or an ingredient
            </label>
            <input
              id="q"
              name="q"
              type="search"
              defaultValue={q}
              key={q}
              maxLength={100}
              placeholder="Search dishes"
              autoComplete="off"
              enterKeyHint="search"
            />
            <button type="submit">Search</button>
            <label className="check">
              <input
                type="checkbox"
                name="vegetarian"
                value="true"
                defaultChecked={vegetarian}
                key={String(vegetarian)}
              />
              Vegetarian dishes only
            </label>
          </form>
        </search>
        {q !== '' && (
          <p className="quiet-text">
            {count(found.length, 'restaurant')}, {count(foundDishes.length, 'dish', 'dishes')}.{' '}
            <Link href="/" prefetch={false}>
              Show all restaurants
            </Link>
          </p>
        )}
      </section>
      {q !== '' && foundDishes.length > 0 && (
        <section aria-labelledby="dishes">
          <h2 id="dishes">Dishes</h2>
          <ul className="dishes">
            {foundDishes.map((dish) => (
              <li key={dish.id}>
                <div>
                  <h3>{dish.name}</h3>
                  <p className="quiet-text">{dish.description}</p>
                  <p className="meta">
                    <span className="price">{money(dish.priceCents)}</span>
                    {dish.vegetarian && <span className="badge leafy">Vegetarian</span>}
                    <Link href={`/restaurants/${dish.restaurant}`} prefetch={false}>
                      {names.get(dish.restaurant) ?? dish.restaurant}
                    </Link>
                  </p>
                </div>
                {dish.stock > 0 ? (
                  <AddButton
                    slug={dish.restaurant}
                    restaurant={names.get(dish.restaurant) ?? dish.restaurant}
                    dish={dish.id}
                    name={dish.name}
                  />
                ) : (
                  <span className="badge">Sold out</span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.length > 0 && (
        <section aria-labelledby="restaurants">
          <h2 id="restaurants">Restaurants</h2>
          <ul className="cards">
            {found.map(({ id, slug, name, cuisine, description, isOpen }) => (
              <li key={id} className="restaurant">
                <Picture cuisine={cuisine} />
                <div className="text">
                  <h3>
                    <Link className="covers" href={`/restaurants/${slug}`} prefetch={false}>
                      {name}
                    </Link>
                  </h3>
                  <p className="meta">
                    <span className="badge">{cuisine}</span>
                    {!isOpen && <span className="badge cancelled">Closed</span>}
                  </p>
                  <p className="quiet-text">{description}</p>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.length === 0 && foundDishes.length === 0 && (
        <div className="panel">
          <p>
            {q === ''
              ? 'No kitchen is with us yet. Come back soon.'
              : 'We found nothing of that. Try another word, or the beginning of one.'}
          </p>
        </div>
      )}
    </>
  );
}

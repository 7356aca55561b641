import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AddButton } from '../../../parts/add-button.tsx';
import { Away } from '../../../parts/away.tsx';
import { Picture } from '../../../parts/picture.tsx';
import { askBackend } from '../../../shop/ask-backend.ts';
import type { Dish, Menu } from '../../../shop/types.ts';
import { money } from '../../../shop/words.ts';

interface RestaurantProps {
  readonly params: Promise<{ readonly slug: string }>;
}

const menuOf = async ({ params }: RestaurantProps) =>
  askBackend(`/api/restaurants/${encodeURIComponent((await params).slug)}`);

export async function generateMetadata(props: RestaurantProps): Promise<Metadata> {
  const asked = await menuOf(props);
  if (asked.kind !== 'here') return {};
  const { restaurant } = asked.value as Menu;
  return { title: restaurant.name, description: restaurant.description };
}

/** Few enough that it is better said. */
const few = 5;

export default async function RestaurantPage(props: RestaurantProps) {
  const asked = await menuOf(props);
  if (asked.kind === 'away') return <Away />;
  if (asked.kind === 'not-there') notFound();
  const { restaurant, dishes } = asked.value as Menu;
  const { slug, name, cuisine, description, isOpen } = restaurant;
  const offered = dishes.filter((dish) => dish.isOffered);
  const sections = [...Map.groupBy(offered, ({ section }) => section)];
  return (
    <>
      <p className="back">
        <Link href="/" prefetch={false}>
          All restaurants
        </Link>
      </p>
      <section className="head">
        <Picture cuisine={cuisine} />
        <div>
          <h1>{name}</h1>
          <p className="meta">
            <span className="badge">{cuisine}</span>
            {isOpen ? (
              <span className="badge delivered">Open</span>
            ) : (
              <span className="badge cancelled">Closed</span>
            )}
          </p>
          <p className="lead">{description}</p>
        </div>
      </section>
      {!isOpen && (
        <p className="fault box">This kitchen is closed now: look around, and order when it opens.</p>
      )}
      {sections.map(([section, list], index) => (
        <section key={section} aria-labelledby={`section-${index}`}>
          <h2 id={`section-${index}`}>{section}</h2>
          <ul className="dishes">
            {list.map((dish) => (
              <Row key={dish.id} dish={dish} slug={slug} restaurant={name} isOpen={isOpen} />
            ))}
          </ul>
        </section>
      ))}
      {offered.length === 0 && (
        <div className="panel">
          <p>There is nothing on the menu right now.</p>
        </div>
      )}
      <p className="to-cart">
        <Link className="button" href="/cart" prefetch={false}>
          To your cart
        </Link>
      </p>
    </>
  );
}

interface RowProps {
  readonly dish: Dish;
  readonly slug: string;
  readonly restaurant: string;
  readonly isOpen: boolean;
}

function Row({ dish, slug, restaurant, isOpen }: RowProps) {
  const { id, name, description, priceCents, vegetarian, stock } = dish;
  return (
    <li>
      <div>
        <h3>{name}</h3>
        {description !== '' && <p className="quiet-text">{description}</p>}
        <p className="meta">
          <span className="price">{money(priceCents)}</span>
          {vegetarian && <span className="badge leafy">Vegetarian</span>}
          {stock > 0 && stock <= few && <span className="badge few">Only {stock} left</span>}
        </p>
      </div>
      {stock === 0 ? (
        <span className="badge">Sold out</span>
      ) : (
        isOpen && <AddButton slug={slug} restaurant={restaurant} dish={id} name={name} />
      )}
    </li>
  );
}

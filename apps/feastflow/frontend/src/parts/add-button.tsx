'use client';

import { useState } from 'react';
import { addToCart, emptyCart, setQuantity, useCart } from '../client/cart.ts';
import { announce } from './announcer.tsx';

interface AddButtonProps {
  readonly slug: string;
  readonly restaurant: string;
  readonly dish: number;
  readonly name: string;
}

/** Puts a dish into the cart, and says how many are in it. */
export function AddButton({ slug, restaurant, dish, name }: AddButtonProps) {
  const cart = useCart();
  const [other, setOther] = useState<string>();
  const quantity = cart.slug === slug ? (cart.items.find((item) => item.dish === dish)?.quantity ?? 0) : 0;
  const add = () => {
    if (!addToCart(slug, restaurant, dish)) return setOther(cart.restaurant);
    announce(`${name} is in your cart, ${quantity + 1} of it.`);
  };
  const replace = () => {
    emptyCart();
    setOther(undefined);
    addToCart(slug, restaurant, dish);
    announce(`Your cart is new: ${name} is in it.`);
  };
  if (other !== undefined)
    return (
      <fieldset className="ask" aria-label="Another restaurant">
        <p role="alert">Your cart has dishes of {other}. A cart is of one restaurant.</p>
        <div className="row">
          <button type="button" className="small" onClick={replace}>
            Start a new cart
          </button>
          <button type="button" className="small quiet" onClick={() => setOther(undefined)}>
            Keep it
          </button>
        </div>
      </fieldset>
    );
  if (quantity === 0)
    return (
      <button type="button" className="add small" onClick={add} aria-label={`Add ${name}`}>
        Add
      </button>
    );
  return <Quantity name={name} dish={dish} quantity={quantity} />;
}

interface QuantityProps {
  readonly name: string;
  readonly dish: number;
  readonly quantity: number;
}

export function Quantity({ name, dish, quantity }: QuantityProps) {
  const change = (next: number) => {
    setQuantity(dish, next);
    announce(next === 0 ? `${name} is out of your cart.` : `${name}: ${next} of it.`);
  };
  return (
    <fieldset className="quantity" aria-label={`How many ${name}`}>
      <button type="button" onClick={() => change(quantity - 1)} aria-label={`One ${name} less`}>
        −
      </button>
      <span aria-hidden="true">{quantity}</span>
      <span className="for-ears">{quantity} in your cart</span>
      <button type="button" onClick={() => change(quantity + 1)} aria-label={`One ${name} more`}>
        +
      </button>
    </fieldset>
  );
}

'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { logIn, signUp, useSession } from '../client/session.ts';
import { announce } from './announcer.tsx';
import { Field } from './field.tsx';

interface AccountFormProps {
  readonly isNew: boolean;
  /** A path of this shop, to go on to. */
  readonly next: string;
}

type Faults = { readonly [field in 'email' | 'name' | 'password' | 'form']?: string };

/** Logs in, or makes an account. */
export function AccountForm({ isNew, next }: AccountFormProps) {
  const router = useRouter();
  const session = useSession();
  const [faults, setFaults] = useState<Faults>({});
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (faults.form !== undefined) alert.current?.focus();
    else form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [faults]);
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy) return;
    const data = new FormData(event.currentTarget);
    const value = (name: string) => String(data.get(name) ?? '').trim();
    const body = { email: value('email'), password: String(data.get('password') ?? '') };
    const name = value('name');
    const found: Faults = {
      ...(/^[!-?A-~]+@[A-Za-z0-9.-]+$/.test(body.email) ? {} : { email: 'Write it as name@example.com.' }),
      ...(isNew && name === '' ? { name: 'Tell us what to call you.' } : {}),
      ...(body.password.length >= (isNew ? 10 : 1)
        ? {}
        : { password: isNew ? 'Ten characters at the least.' : 'Type your password.' }),
    };
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const answered = isNew ? await signUp({ ...body, name }) : await logIn(body);
    setBusy(false);
    if (answered.kind === 'done') {
      announce(`Welcome, ${answered.value.account.name}.`);
      const isStaff = answered.value.account.role !== 'customer';
      router.push(isStaff && next === '/' ? '/board' : next);
      return;
    }
    setFaults(
      answered.kind === 'away'
        ? { form: 'The shop does not answer. Try again in a moment.' }
        : answered.name === 'email-taken'
          ? { email: 'There is an account of this address. Log in instead.' }
          : answered.name === 'wrong-login'
            ? { form: 'The e-mail address or the password is wrong.' }
            : answered.name === 'too-many-requests'
              ? { form: 'That was tried too often. Wait a minute, and try again.' }
              : { form: answered.problem.detail },
    );
  };
  if (session.kind === 'signed-in' && !isBusy)
    return (
      <div className="panel">
        <p>
          You are logged in as <strong>{session.account.name}</strong>.
        </p>
        <Link className="button" prefetch={false} href="/">
          To the restaurants
        </Link>
      </div>
    );
  const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
  return (
    <form ref={form} className="panel form" onSubmit={submit} noValidate method="post">
      {faults.form !== undefined && (
        <p className="fault box" role="alert" tabIndex={-1} ref={alert}>
          {faults.form}
        </p>
      )}
      {isNew && (
        <Field label="Name" name="name" autoComplete="name" maxLength={100} fault={faults.name} required />
      )}
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autoComplete={isNew ? 'email' : 'username'}
        maxLength={254}
        fault={faults.email}
        required
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        maxLength={200}
        {...(isNew ? { hint: 'Ten characters or more. A sentence is fine.' } : {})}
        fault={faults.password}
        required
      />
      <button type="submit" className="wide" aria-disabled={isBusy}>
        {isBusy ? 'One moment…' : isNew ? 'Make my account' : 'Log in'}
      </button>
      <p className="quiet-text">
        {isNew ? (
          <>
            You have one?{' '}
            <Link prefetch={false} href={`/log-in${query}`}>
              Log in
            </Link>
          </>
        ) : (
          <>
            New here?{' '}
            <Link prefetch={false} href={`/sign-up${query}`}>
              Make an account
            </Link>
          </>
        )}
      </p>
    </form>
  );
}

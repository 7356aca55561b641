import type { Metadata } from 'next';
import { Board } from '../../parts/board.tsx';

export const metadata: Metadata = { title: 'Board' };

export default function BoardPage() {
  return (
    <>
      <h1>Board</h1>
      <Board />
    </>
  );
}

// The page around the application; drawn by the server.

import type { ReactNode } from "react";

export const metadata = { title: "mistatus with Next", icons: "data:," };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}

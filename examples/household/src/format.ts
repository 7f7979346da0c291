/** An amount as the reader's country writes it. Intl takes the text, so that no digit is lost. */
export function format({ amount, currency }: { amount: string; currency: string }): string {
  const decimals = amount.split('.')[1]?.length ?? 0;
  const style = { style: 'currency', currency, minimumFractionDigits: decimals, maximumFractionDigits: decimals } as const;
  return new Intl.NumberFormat(undefined, style).format(amount as `${number}`);
}

/** The exact sum of two amounts of one currency, such as "1250.00" and "-0.5". */
export function add(one: string, other: string): string {
  const decimals = one.split('.')[1]?.length ?? 0;
  const units = minorUnits(one, decimals) + minorUnits(other, decimals);
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return (units < 0n ? '-' : '') + (decimals ? `${whole}.${digits.slice(-decimals)}` : whole);
}

function minorUnits(amount: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(decimals, '0').slice(0, decimals));
  return amount.startsWith('-') ? -units : units;
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Formats the time since a DateTime, such as "3 days ago". */
export function ago(moment: string): string {
  const seconds = (Date.now() - Date.parse(moment)) / 1000;
  const [unit, length] = UNITS.find(([, unitLength]) => seconds >= unitLength) ?? [];
  return unit === undefined ? 'just now' : RELATIVE.format(-Math.floor(seconds / length), unit);
}

/** Formats the age for a date of birth, such as "4 years". */
export function age(birthDate: string): string {
  const months = Math.max(0, Math.floor((Date.now() - Date.parse(birthDate)) / 1000 / 2_629_800));
  const [count, unit] = months < 24 ? [months, 'month'] : [Math.floor(months / 12), 'year'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

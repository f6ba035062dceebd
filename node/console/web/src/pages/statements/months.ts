/** The months for which there are statements. */

/** monthsBack are the months from the one of a day back to the one of the first day, the latest first, at most so many. */
export function monthsBack(today: string, first: string, most = 60): string[] {
  const list: string[] = [];
  let [year, month] = today.slice(0, 7).split("-").map(Number) as [number, number];
  while (list.length < most) {
    const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
    if (text < first.slice(0, 7)) break;
    list.push(text);
    month -= 1;
    if (month === 0) [year, month] = [year - 1, 12];
  }
  return list;
}

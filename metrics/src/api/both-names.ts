/** A name as a plant file gives it. */
export interface PlantName {
  en: string;
  zh?: string | undefined;
}

/** A name in both languages; what has none in Chinese goes by its English one. */
export function bothNames({ en, zh = en }: PlantName): { en: string; zh: string } {
  return { en, zh };
}

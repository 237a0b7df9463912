import { check, readText } from '../config/load.ts';
import { problemsError } from '../config/problem.ts';
import { readSourceText } from '../config/source-text.ts';
import { sha256Hex } from '../telemetry/canonical.ts';
import { indexPlant, type PlantIndex } from './index-of.ts';
import { referenceProblems } from './references.ts';
import { Plant } from './schema.ts';

/** A plant file, read and checked. */
export interface LoadedPlant {
  plant: Plant;
  index: PlantIndex;
  /** SHA-256 (hexadecimal) of the text: names this version of the plant. */
  digest: string;
  text: string;
}

/**
 * Reads the text of a plant file (YAML or JSON): shape first, then everything it refers to, and reports all
 * problems of both at once, a line each: `file:line:column path: what is wrong → what to do`.
 * @throws BenchlineError `config_invalid` when it does not fit the schema, else `plant_invalid` when it
 * contradicts itself.
 */
export function parsePlant(text: string, file: string): Plant {
  const source = readSourceText(text, file);
  const result = check(Plant, source);
  const contradictions = referenceProblems(source.data);
  if ('problems' in result)
    throw problemsError(source, 'config_invalid', [...result.problems, ...contradictions]);
  if (contradictions.length > 0) throw problemsError(source, 'plant_invalid', contradictions);
  return result.value;
}

/** Reads and checks a plant file. @throws BenchlineError `config_invalid` or `plant_invalid`. */
export function loadPlant(file: string): LoadedPlant {
  const text = readText(file);
  const plant = parsePlant(text, file);
  return { plant, index: indexPlant(plant), digest: sha256Hex(text), text };
}

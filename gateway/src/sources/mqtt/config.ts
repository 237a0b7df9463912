import { BrokerConfig, Slug } from '@benchline/model';
import { z } from 'zod';
import { SourceId, scaling } from '../common-config.ts';

const Pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, "a JSON pointer (RFC 6901) such as /data/0/value; '' is the whole message")
  .describe('Where it stands in the message: a JSON pointer (RFC 6901)');

/** One place of a message that feeds one signal. */
const MqttTag = z.strictObject({ pointer: Pointer, ...scaling });

/** A device that publishes JSON objects over MQTT: one message is what one machine was at one instant. */
export const MqttConfig = z
  .strictObject({
    id: SourceId,
    type: z.literal('mqtt'),
    broker: BrokerConfig.optional().describe("Broker of the device; default: the gateway's own"),
    topic: z
      .string()
      .min(1)
      .regex(/^[^#+]+$/, 'one topic, without wildcards')
      .describe('Topic of the device; the gateway subscribes with QoS 1'),
    machine: Slug.describe('Id of a machine or meter of the plant file'),
    time: z
      .strictObject({
        pointer: Pointer,
        format: z
          .enum(['iso', 'unix_ms', 'unix_ns'])
          .describe('ISO 8601 with offset, or a number or text of milliseconds or nanoseconds since 1970'),
      })
      .describe('Source time of the message'),
    sequence: z
      .strictObject({
        pointer: Pointer,
        patience_s: z
          .number()
          .min(0)
          .max(3600)
          .default(10)
          .describe(
            'How long a message after a hole waits for the device to re-send what is missing; and how long, behind a hole that stayed, a device that says only what changes is waited for to say everything anew',
          ),
      })
      .optional()
      .describe(
        'Number that the device raises by one with every message: repeats are dropped by it, and a jump is a declared gap',
      ),
    tags: z
      .record(Slug, MqttTag)
      .refine((tags) => Object.keys(tags).length > 0, 'at least one tag')
      .describe('Signal → place in the message; what a message does not contain is left alone'),
    clock: z
      .strictObject({ simulated: z.boolean() })
      .default({ simulated: false })
      .describe('simulated: everything from this source is marked simulated_clock'),
    heartbeat_s: z
      .number()
      .positive()
      .max(86_400)
      .default(5)
      .describe('A source that is silent for longer is shown as stalled'),
  })
  .describe('A device that publishes JSON over MQTT');
export type MqttConfig = z.output<typeof MqttConfig>;

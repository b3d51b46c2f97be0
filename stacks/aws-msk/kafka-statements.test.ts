// AWS takes no part: what these policies allow is as its documentation says.
import { describe, expect, it } from 'vitest';
import { KAFKA_ARN } from '../testing/answers.ts';
import { kafkaStatements, lagStatements } from './kafka-statements.ts';

const ARN = 'arn:aws:kafka:eu-central-1:111122223333';

describe('kafkaStatements', () => {
  it('lets an app write and read what it is granted, as its group, and nothing else', () => {
    const grants = {
      app: 'task-processor',
      publish: ['task-done', 'task-created.dlq', 'task-done'],
      subscribe: [{ topic: 'task-created', group: 'events.task-processor' }],
    };
    expect(kafkaStatements(grants, KAFKA_ARN)).toEqual([
      {
        Sid: 'Connect',
        Effect: 'Allow',
        Action: ['kafka-cluster:Connect'],
        Resource: [`${ARN}:cluster/kafka/6b1c-4`],
      },
      {
        Sid: 'Publish',
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
        Resource: [
          `${ARN}:topic/kafka/6b1c-4/task-created.dlq`,
          `${ARN}:topic/kafka/6b1c-4/task-done`,
        ],
      },
      {
        Sid: 'Subscribe',
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        Resource: [`${ARN}:topic/kafka/6b1c-4/task-created`],
      },
      {
        Sid: 'Groups',
        Effect: 'Allow',
        Action: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        Resource: [`${ARN}:group/kafka/6b1c-4/events.task-processor`],
      },
    ]);
  });

  it('leaves out what an app does not do', () => {
    const nothing = kafkaStatements({ app: 'a', publish: [], subscribe: [] }, KAFKA_ARN);
    expect(nothing.map(({ Sid }) => Sid)).toEqual(['Connect']);
    const producer = kafkaStatements({ app: 'a', publish: ['t'], subscribe: [] }, KAFKA_ARN);
    expect(producer.map(({ Sid }) => Sid)).toEqual(['Connect', 'Publish']);
  });

  it.each(['*', 'task-*', 'task?', 'a/b', ''])('refuses the topic %j', (topic) => {
    expect(() => kafkaStatements({ app: 'a', publish: [topic], subscribe: [] }, KAFKA_ARN)).toThrow(
      `topic '${topic}' cannot be granted: use its whole name`,
    );
  });

  it('refuses a group that is a pattern', () => {
    const subscribe = [{ topic: 't', group: 'g*' }];
    expect(() => kafkaStatements({ app: 'a', publish: [], subscribe }, KAFKA_ARN)).toThrow(
      "group 'g*' cannot be granted",
    );
  });

  it.each(['arn:aws:kafka:eu-central-1:111122223333:cluster/*/*', 'arn:aws:s3:::bucket', 'x'])(
    'refuses %s as a cluster',
    (arn) => {
      expect(() => kafkaStatements({ app: 'a', publish: ['t'], subscribe: [] }, arn)).toThrow(
        `'${arn}' is not the ARN of an MSK cluster`,
      );
    },
  );
});

describe('lagStatements', () => {
  it('lets see ends of topics and places of groups, and read nothing', () => {
    expect(lagStatements(KAFKA_ARN)).toEqual([
      {
        Sid: 'Connect',
        Effect: 'Allow',
        Action: ['kafka-cluster:Connect'],
        Resource: [KAFKA_ARN],
      },
      {
        Sid: 'Ends',
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeTopic'],
        Resource: [`${ARN}:topic/kafka/6b1c-4/*`],
      },
      {
        Sid: 'Places',
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeGroup'],
        Resource: [`${ARN}:group/kafka/6b1c-4/*`],
      },
    ]);
  });
});

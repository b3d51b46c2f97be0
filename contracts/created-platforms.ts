/**
 * Where the commands of the platform collect the platforms that a program creates: an array at this key of the
 * global object, while there is one. Programs may have another copy of the constructs than the command.
 */
export const CREATED_PLATFORMS = Symbol.for('cdk8s-event-platform.created-platforms');

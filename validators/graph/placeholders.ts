/**
 * Stands for a part that only run time knows: a variable, a template. It never is a part of a host name, and it may be
 * a user, a password or a path.
 */
export const unknown = '\uE000';

/** A text with what only run time knows taken out: `$(NAME)`, `${NAME}`, `{{ name }}`, `$name`, `<name>`. */
export function withoutPlaceholders(text: string, keepVariables = false): string {
  const bare = text
    .replaceAll(/\$?\{\{[^{}]*\}\}/g, unknown)
    .replaceAll(keepVariables ? /\$\{[^{}]*[^\w{}][^{}]*\}/g : /\$\{[^{}]*\}/g, unknown)
    .replaceAll(/\$\((?:[\w.-]*|\s*cat\s[^()]*)\)/g, unknown)
    .replaceAll(/<[A-Za-z_][\w-]*>/g, unknown)
    .replaceAll(/\$(?:request_uri|uri|is_args|args|query_string|document_uri)\b/g, '/');
  return keepVariables ? bare : bare.replaceAll(/\$[A-Za-z_]\w*/g, unknown);
}

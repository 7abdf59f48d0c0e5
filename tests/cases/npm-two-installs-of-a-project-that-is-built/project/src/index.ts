export const files = [];

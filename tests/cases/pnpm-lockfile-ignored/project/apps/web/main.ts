import "@acme/ui";

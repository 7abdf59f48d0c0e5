require('@acme/ui');

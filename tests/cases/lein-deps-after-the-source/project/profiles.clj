{:dev {}}

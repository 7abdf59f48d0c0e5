class Shelf; end

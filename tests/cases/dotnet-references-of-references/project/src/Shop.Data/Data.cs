namespace Shop.Data;

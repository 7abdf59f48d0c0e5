(ns shop.core)

(defn -main [])

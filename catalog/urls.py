"""Addresses of products and price lists."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("products/", views.products, name="products"),
    path("products/new/", views.product_new, name="product-new"),
    path("products/<str:ref>/", views.product, name="product"),
    path("products/<str:ref>/edit/", views.product_edit, name="product-edit"),
    path("products/<str:ref>/activate/", views.product_activate, name="product-activate"),
    path("products/<str:ref>/revise/", views.product_revise, name="product-revise"),
    path("products/<str:ref>/retire/", views.product_retire, name="product-retire"),
    path("price-lists/", views.price_lists, name="price-lists"),
    path("price-lists/new/", views.price_list_new, name="price-list-new"),
    path("price-lists/<str:ref>/", views.price_list, name="price-list"),
    path("price-lists/<str:ref>/edit/", views.price_list_edit, name="price-list-edit"),
    path("price-lists/<str:ref>/prices/", views.prices, name="prices"),
    path("_p/products/", views.find_products, name="find-products"),
]

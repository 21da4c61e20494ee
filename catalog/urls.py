"""Addresses of products, price lists and what prices rest on."""

from django.urls import path

from catalog import price_list_views, product_part_views, reference_views, views

app_name = "catalog"
urlpatterns = [
    path("products/", views.products, name="products"),
    path("products/new/", views.product_new, name="product-new"),
    path("products/<str:ref>/", views.product, name="product"),
    path("products/<str:ref>/edit/", views.product_edit, name="product-edit"),
    path("products/<str:ref>/members/", product_part_views.members, name="members"),
    path("products/<str:ref>/related/", product_part_views.related, name="related"),
    path("products/<str:ref>/activate/", views.product_activate, name="product-activate"),
    path("products/<str:ref>/revise/", views.product_revise, name="product-revise"),
    path("products/<str:ref>/retire/", views.product_retire, name="product-retire"),
    path("families/", product_part_views.families, name="families"),
    path("families/new/", product_part_views.family_new, name="family-new"),
    path("families/<int:pk>/", product_part_views.family_edit, name="family-edit"),
    path("families/<int:pk>/delete/", product_part_views.family_delete, name="family-delete"),
    path("families/<int:pk>/activate/", product_part_views.family_activate, name="family-activate"),
    path("units/", reference_views.units, name="units"),
    path("units/new/", reference_views.unit_new, name="unit-new"),
    path("units/groups/new/", reference_views.unit_group_new, name="unit-group-new"),
    path("units/<str:code>/", reference_views.unit_edit, name="unit-edit"),
    path("units/<str:code>/delete/", reference_views.unit_delete, name="unit-delete"),
    path("price-lists/", price_list_views.price_lists, name="price-lists"),
    path("price-lists/new/", price_list_views.price_list_new, name="price-list-new"),
    path("price-lists/<str:ref>/", price_list_views.price_list, name="price-list"),
    path("price-lists/<str:ref>/edit/", price_list_views.price_list_edit, name="price-list-edit"),
    path("price-lists/<str:ref>/prices/", price_list_views.prices, name="prices"),
    path("price-lists/<str:ref>/prices/<int:pk>/", price_list_views.item, name="price-item"),
    path("price-lists/<str:ref>/change/", price_list_views.change_prices, name="change-prices"),
    path("price-lists/<str:ref>/undo/", price_list_views.undo, name="undo-prices"),
    path("discount-lists/", reference_views.discount_lists, name="discount-lists"),
    path("discount-lists/new/", reference_views.discount_list_new, name="discount-list-new"),
    path("discount-lists/<int:pk>/", reference_views.discount_list_edit, name="discount-list-edit"),
    path(
        "discount-lists/<int:pk>/delete/", reference_views.discount_list_delete, name="discount-list-delete"
    ),
    path("taxes/", reference_views.taxes, name="taxes"),
    path("taxes/new/", reference_views.tax_new, name="tax-new"),
    path("taxes/<str:code>/", reference_views.tax_edit, name="tax-edit"),
    path("exchange-rates/", reference_views.exchange_rates, name="exchange-rates"),
    path("exchange-rates/new/", reference_views.exchange_rate_new, name="exchange-rate-new"),
    path("exchange-rates/<int:pk>/", reference_views.exchange_rate_edit, name="exchange-rate-edit"),
    path("_p/products/", views.find_products, name="find-products"),
    path("_p/products/options/", views.options, name="product-options"),
]

<?php
namespace Acme;
class Shop {}
